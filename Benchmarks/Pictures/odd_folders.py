"""Folders of pictures as people have them, each through train, stop, go on, adapt and predict.

    pip install pillow
    python3 Benchmarks/Pictures/odd_folders.py .build/release/metalearn

Makes twelve folders below --place, runs the command on each, and prints a table in Markdown. The
pictures are drawn: a class is a shape in a colour, and each picture has its own place, size and noise.
Trainings are short, and no figures are taken: the table is about folders, not about learning.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

from PIL import Image, ImageDraw


def drawing(category, number, width=96, height=96, mode="RGB"):
    """A picture of a class: one of six shapes in one of many colours, somewhere on a grey ground."""
    dice = random.Random(f"{category}/{number}")
    ground = dice.randint(150, 220)
    image = Image.new("RGB", (width, height), (ground, ground, ground))
    pencil = ImageDraw.Draw(image)
    look = random.Random(category)
    colour = tuple(look.randint(0, 200) for _ in range(3))
    side = min(width, height) * dice.uniform(0.4, 0.7)
    left, top = dice.uniform(0, width - side), dice.uniform(0, height - side)
    box = (left, top, left + side, top + side)
    shape = category % 6
    if shape == 0:
        pencil.ellipse(box, fill=colour)
    elif shape == 1:
        pencil.rectangle(box, fill=colour)
    elif shape == 2:
        pencil.polygon([(left, top + side), (left + side / 2, top), (left + side, top + side)], fill=colour)
    elif shape == 3:
        pencil.ellipse(box, outline=colour, width=int(side / 6))
    elif shape == 4:
        pencil.line((left, top, left + side, top + side), fill=colour, width=int(side / 5))
        pencil.line((left, top + side, left + side, top), fill=colour, width=int(side / 5))
    else:
        pencil.chord(box, 0, 180, fill=colour)
    noise = Image.effect_noise((width, height), 30).convert("RGB")
    return Image.blend(image, noise, 0.12).convert(mode)


def fill(folder, classes, pictures, ending="jpg", **look):
    """Writes classes of pictures; `pictures` is a number, or gives one for a class."""
    for category in range(classes):
        below = folder / f"class{category:04}"
        below.mkdir(parents=True, exist_ok=True)
        for number in range(pictures(category) if callable(pictures) else pictures):
            drawing(category, number, **look).save(below / f"{number:05}.{ending}")


def phone_pictures(folder):
    """Pictures of 12 megapixels that are stored lying, with a note that turns them upright."""
    for category in range(8):
        below = folder / f"class{category:04}"
        below.mkdir(parents=True)
        for number in range(15):
            upright = drawing(category, number, 750, 1000).resize((3000, 4000))
            exif = Image.Exif()
            exif[0x0112] = 6
            upright.transpose(Image.Transpose.ROTATE_90).save(below / f"{number}.jpg", exif=exif)


def mixed_formats(folder):
    """Classes whose pictures are of many kinds, and one kind in each class that nothing reads."""
    kinds = [
        ("png", "L"), ("png", "P"), ("png", "LA"), ("jpg", "RGB"), ("jpg", "CMYK"), ("jpeg", "L"),
        ("gif", "P"), ("bmp", "RGB"), ("tiff", "RGB"), ("webp", "RGB"),
    ]
    for category in range(15):
        below = folder / f"class{category:04}"
        below.mkdir(parents=True)
        for number, (ending, mode) in enumerate(kinds):
            drawing(category, number, mode=mode).save(below / f"{number}.{ending}")
        (below / "raw.heic").write_bytes(b"\0\0\0\x18ftypheic")


def deep_folders(folder):
    """Pictures where they do not belong, and files that are no pictures."""
    fill(folder, 16, 8)
    for category in range(4):
        deeper = folder / f"class{category:04}" / "more"
        deeper.mkdir()
        drawing(category, 99).save(deeper / "deep.jpg")
    drawing(0, 98).save(folder / "beside.jpg")
    (folder / "class0001" / "Thumbs.db").write_bytes(b"thumbs")
    (folder / "notes.txt").write_text("taken in spring")
    (folder / "class0002" / "gone.txt").symlink_to("/no/such/file")
    (folder / "class0003" / "damaged.jpg").write_bytes(b"\xff\xd8 not a picture")


def divided(folder):
    for part, count in (("Train", 20), ("Valid", 8), ("TEST", 8)):
        fill(folder / part, count, 12)
    for part, first in (("Valid", 20), ("TEST", 28)):
        for category in range(8):
            old = folder / part / f"class{category:04}"
            shutil.rmtree(old)
            new = folder / part / f"class{category + first:04}"
            new.mkdir()
            for number in range(12):
                drawing(category + first, number).save(new / f"{number}.jpg")


def archive(folder):
    """A zip archive beside an unpacked class, which is learned later."""
    fill(folder.with_suffix(""), 20, 20, ending="png", mode="L")
    with zipfile.ZipFile(folder, "w") as file:
        for path in sorted(folder.with_suffix("").rglob("*.png")):
            file.write(path, path.relative_to(folder.with_suffix("").parent))


FOLDERS = [
    ("six", "6 classes of 5", lambda f: fill(f, 6, 5, ending="png", mode="L")),
    ("twelve", "12 classes of 20, 48x40", lambda f: fill(f, 12, 20, width=48, height=40)),
    ("hundred", "100 classes of 100", lambda f: fill(f, 100, 100)),
    ("unequal", "20 classes of 2 to 200", lambda f: fill(f, 20, lambda c: 2 + c * c // 2)),
    ("divided", "Train, Valid, TEST", divided),
    ("deep", "pictures deeper, beside, damaged; notes, a lost link", deep_folders),
    ("mixed", "10 kinds of files in each class", mixed_formats),
    ("phone", "120 of 12 megapixels, stored lying", phone_pictures),
    ("archive.zip", "a zip archive, 20 classes of 20", archive),
    ("one", "1 class of 30", lambda f: fill(f, 1, 30)),
    ("singles", "2,000 classes of 1", lambda f: fill(f, 2000, 1, width=48, height=48)),
    ("fifty-thousand", "50,000 JPEG of 256x256", lambda f: fill(f, 100, 500, width=256, height=256)),
]


class Command:
    """The program under trial, and what its runs took."""

    def __init__(self, program, place):
        self.program, self.place = os.path.abspath(program), place
        self.environment = dict(os.environ, METALEARN_HOME=str(place / "home"))
        self.peak = 0

    def run(self, *words, stop_when=None):
        """The exit code, output, errors and seconds; sent SIGINT as soon as `stop_when` is true."""
        start = time.monotonic()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [self.program, *words], cwd=self.place, env=self.environment, stdout=output, stderr=errors)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            while not ended and stop_when is not None and not stop_when():
                time.sleep(0.01)
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                if stop_when is not None:
                    process.send_signal(signal.SIGINT)
                _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.peak = max(self.peak, usage.ru_maxrss // 1024)
            output.seek(0)
            errors.seek(0)
            return (
                process.returncode, output.read().decode(), errors.read().decode(),
                time.monotonic() - start)


def steps_done(run):
    """The steps that a run has written down."""
    metrics = run / "metrics.jsonl"
    return metrics.read_text().count("\n") if metrics.exists() else 0


def trial(command, name, title, iterations):
    """One line of the table."""
    command.peak = 0
    run = command.place / "runs" / name
    words = ["train", f"./{name}", "--output", str(run), "--skip-damaged", "--quiet", "--json"]
    for setting in (f"training.iterations={iterations}", "evaluation.episodes=50", "evaluation.controls=false"):
        words += ["--set", setting]
    code, _, errors, first = command.run(*words, stop_when=lambda: steps_done(run) > 0)
    if not run.exists():
        return [title, f"{first:.1f}", "-", "-", "-", str(command.peak), f"exit code {code}: {errors.splitlines()[-1]}"]
    resumed, output, errors, second = command.run(
        "train", "--output", str(run), "--resume", "auto", "--skip-damaged", "--quiet", "--json")
    if resumed != 0:
        return [title, f"{first:.1f}", f"{second:.1f}", "-", "-", str(command.peak), f"exit code {resumed}: {errors}"]
    result = json.loads(output.splitlines()[-1])
    support = command.place / name
    support = support.with_suffix("") if name.endswith(".zip") else support
    support = support / "TEST" if (support / "TEST").exists() else support
    few = command.place / f"{name}-support"
    few.mkdir()
    for category in sorted(path for path in support.iterdir() if path.is_dir())[:5]:
        (few / category.name).mkdir()
        for picture in sorted(path for path in category.iterdir() if path.is_file())[:3]:
            shutil.copy(picture, few / category.name)
    code, _, errors, adapting = command.run(
        "adapt", str(run), "--support", str(few), "--skip-damaged", "--output", f"{name}.safetensors")
    if code != 0:
        return [title, f"{first:.1f}", f"{second:.1f}", "-", "-", str(command.peak), f"adapt: {errors}"]
    code, output, errors, predicting = command.run("predict", f"{name}.safetensors", str(few), "--json")
    answers = [json.loads(line) for line in output.splitlines()]
    right = sum(pathlib.Path(a["file"]).parent.name == a["class"] for a in answers)
    return [
        title, f"{first:.1f}", f"{second:.1f}", f"{adapting:.2f}", f"{predicting:.2f}", str(command.peak),
        f"{right} of {len(answers)} pictures of its own support right, {len(result.get('rotations', [1]))} trained"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--place", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "odd-folders")
    parser.add_argument("--iterations", type=int, default=30)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    print("| folder | until it was stopped, s | gone on with, s | adapt, s | predict, s | peak, MB | outcome |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for name, title, make in FOLDERS:
        if options.only and name not in options.only:
            continue
        folder = options.place / name
        if not folder.exists():
            make(folder)
        for made in (options.place / "runs" / name, options.place / f"{name}-support"):
            shutil.rmtree(made, ignore_errors=True)
        line = trial(Command(options.program, options.place), name, title, options.iterations)
        print("| " + " | ".join(line) + " |", flush=True)


if __name__ == "__main__":
    main()

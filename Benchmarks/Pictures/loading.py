"""Reading many JPEG pictures: this program, Pillow and torchvision on the same cores.

    pip install pillow torch torchvision
    python3 Benchmarks/Pictures/odd_folders.py .build/release/metalearn --only fifty-thousand
    python3 Benchmarks/Pictures/loading.py .build/release/metalearn /tmp/odd-folders/fifty-thousand

Each reads all pictures from a warm cache of the system, decodes them and makes them 32 pixels a side,
with a process for each core. `draft` is Pillow's way of decoding at a part of the size, which this
program does as well; it also takes the SHA-256 of each file and keeps the pictures for the next time.
"""

import argparse
import functools
import multiprocessing
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def pillow(path, draft):
    from PIL import Image

    image = Image.open(path)
    if draft:
        image.draft("RGB", (64, 64))
    return image.convert("RGB").resize((32, 32), Image.Resampling.BOX).tobytes()


def torchvision(path):
    import torch
    from torchvision.io import ImageReadMode, decode_jpeg, read_file
    from torchvision.transforms.functional import resize

    torch.set_num_threads(1)
    picture = decode_jpeg(read_file(str(path)), mode=ImageReadMode.RGB)
    return resize(picture, [32, 32], antialias=True).numpy().tobytes()


def seconds_in_python(read, paths):
    with multiprocessing.Pool() as pool:
        list(pool.imap_unordered(read, paths[:64], 8))
        start = time.monotonic()
        for _ in pool.imap_unordered(read, paths, 64):
            pass
        return time.monotonic() - start


def seconds_here(program, folder):
    with tempfile.TemporaryDirectory() as home:
        start = time.monotonic()
        subprocess.run(
            [program, "data", "check", f"{folder}/", "--quiet"], check=True, capture_output=True,
            env={"METALEARN_HOME": home, "PATH": "/usr/bin"})
        return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.jpg"))
    for path in paths:
        path.read_bytes()
    readers = {
        "this program": lambda: seconds_here(options.program, options.folder),
        "Pillow": lambda: seconds_in_python(functools.partial(pillow, draft=False), paths),
        "Pillow, draft": lambda: seconds_in_python(functools.partial(pillow, draft=True), paths),
        "torchvision": lambda: seconds_in_python(torchvision, paths),
    }
    taken = {name: [] for name in readers}
    for _ in range(options.rounds):
        for name, seconds in readers.items():
            taken[name].append(seconds())
    print("| reader | seconds | microseconds a picture | times this program's |")
    print("| --- | --- | --- | --- |")
    base = statistics.median(taken["this program"])
    for name, all_seconds in taken.items():
        middle = statistics.median(all_seconds)
        print(f"| {name} | {middle:.1f} | {1e6 * middle / len(paths):.0f} | {middle / base:.2f} |")


if __name__ == "__main__":
    main()

#!/bin/sh
# Makes one site of the documentation of all public modules, in .build/documentation.
set -eu
cd "$(dirname "$0")/.."

# Where Swift is, its documentation compiler is beside it; on macOS it is Xcode's.
docc="$(dirname "$(readlink -f "$(command -v swift)")")/docc"
if [ ! -x "$docc" ]; then docc=$(xcrun --find docc 2>/dev/null || true); fi
if [ -z "$docc" ]; then
  echo "There is no docc beside the swift of this PATH. Install a whole Swift toolchain." >&2
  exit 69
fi

graphs=$(swift build --show-bin-path)/../symbolgraph
rm -rf "$graphs"
# It fails for the tests where they are not built; a module's missing graph ends this below.
swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members || true
site=.build/documentation
rm -rf "$site" "$site.parts"
mkdir -p "$site.parts"

# Modules in the order in which they build on each other.
for module in Files Settings Tensors TensorFiles TensorPrograms NeuralNetworks MetaTasks Environments MetaLearning Runs \
  Command; do
  own="$site.parts/$module.graphs"
  mkdir "$own"
  cp "$graphs/$module.symbols.json" "$own"
  pages="$site.parts/$module.docc"
  cp -r "Sources/$module/$module.docc" "$pages"
  # The reference of keys is made by the program itself.
  if [ "$module" = Runs ]; then
    swift run --quiet metalearn explain all --markdown >"$pages/RecipeKeys.md"
  fi
  # What it adds to types of other modules, if anything.
  find "$graphs" -name "$module@*.symbols.json" -exec cp {} "$own" \;
  "$docc" convert "$pages" --additional-symbol-graph-dir "$own" \
    --fallback-bundle-identifier "metalearn.$module" --warnings-as-errors \
    --transform-for-static-hosting --output-path "$site.parts/$module.doccarchive" >/dev/null
done
"$docc" merge "$site.parts"/*.doccarchive --synthesized-landing-page-name MetaLearn \
  --output-path "$site" >/dev/null
rm -r "$site.parts"
echo "The documentation is in $site. See it with: python3 -m http.server -d $site," \
  "then http://localhost:8000/documentation"

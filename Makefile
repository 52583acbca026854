# The two commands of the README are `make demo` and `make test`.

.PHONY: demo test check fuzz check-neon libraries format lint benchmark docs

demo: libraries
	swift run -c release metalearn train

# The optimised build: kernels, compiler and learners are tested as they are used.
test: libraries
	swift test -c release

# The whole of what must hold for every change: style, tests, a debug build, documentation, examples.
check:
	@sh Scripts/check.sh

# 100,000 damaged inputs of every kind: each is read or refused, and takes no memory beyond a bound.
fuzz: libraries
	METALEARN_FUZZ_ROUNDS=100000 swift test -c release --filter "Fuzz|mutated"

# The kernels alone, here and under emulation of AArch64: NEON must give the same bits.
check-neon:
	@sh Scripts/check-neon.sh

libraries:
	@sh Scripts/install-libraries.sh

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources

benchmark: libraries
	swift run -c release --package-path Benchmarks compare

# The site of all public modules, in .build/documentation.
docs: libraries
	@sh Scripts/make-docs.sh

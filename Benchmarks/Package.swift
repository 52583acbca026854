// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "MetaLearn", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Without its trait, which needs another allocator.
    .package(url: "https://github.com/ordo-one/package-benchmark", from: "1.29.0", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "compare",
      dependencies: [
        .product(name: "MetaLearn", package: "MetaLearn"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Kernels",
      dependencies: [
        .product(name: "MetaLearn", package: "MetaLearn"),
        .product(name: "Benchmark", package: "package-benchmark"),
      ],
      path: "Benchmarks/Kernels",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "package-benchmark")]),
  ]
)

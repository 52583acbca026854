// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

/// The rooms of the house, each known by one sentence and standing only on rooms before it.
let package = Package(
  name: "MetaLearn",
  platforms: [.macOS(.v15)],
  products: [
    .library(
      name: "MetaLearn",
      targets: [
        "MetaLearning", "NeuralNetworks", "Environments", "MetaTasks", "TensorPrograms", "Tensors",
        "TensorFiles", "Runs", "Settings", "Files", "Command",
      ]),
    .executable(name: "metalearn", targets: ["metalearn"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // How bytes get to and from a disk, whole or not at all, and what memory there is for them.
    // Apple's systems have a SHA-256 of their own.
    .target(
      name: "Files",
      dependencies: [.target(name: "CCrypto", condition: .when(platforms: [.linux]))],
      swiftSettings: settings),
    // The arithmetic of the operations on raw memory, in C.
    // Unoptimised kernels run some sixty times slower, so debug builds compile them optimised too.
    .target(
      name: "CTensorKernels",
      cSettings: [
        .unsafeFlags(["-O3"], .when(configuration: .debug))
      ]),
    // How a thing says its name and its settings, and how these are read, checked and explained.
    .target(name: "Settings", swiftSettings: settings),
    // What can be expressed: symbols, numbers, operations, gradients, random keys.
    .target(name: "Tensors", swiftSettings: settings),
    // Tensors in files that other programs read and write.
    .target(
      name: "TensorFiles", dependencies: ["Tensors", "Settings", "Files"], swiftSettings: settings),
    // How expressions are run: from graph to plan, the reference and the CPU executor.
    .target(
      name: "TensorPrograms", dependencies: ["Tensors", "Files", "CTensorKernels"],
      swiftSettings: settings),
    // Layers, networks, losses, optimizers, schedules: pure functions on parameters.
    .target(
      name: "NeuralNetworks", dependencies: ["Tensors", "Settings"], swiftSettings: settings),
    // Examples as data, episodes, task distributions, data sets and their readers; frozen encoders.
    .target(
      name: "MetaTasks",
      dependencies: [
        "NeuralNetworks", "TensorPrograms", "TensorFiles", "Tensors", "Settings", "Files",
        "CTensorKernels", "CZlib", "CPNG", "CTurboJPEG",
      ],
      swiftSettings: settings),
    // What acts back: bandits, decision processes, simulators; vectorised, host side.
    .target(
      name: "Environments", dependencies: ["MetaTasks", "Tensors", "Settings"],
      swiftSettings: settings),
    // Learners, the meta-step, the trainer, evaluation.
    .target(
      name: "MetaLearning",
      dependencies: ["NeuralNetworks", "MetaTasks", "TensorPrograms", "Tensors", "Settings"],
      swiftSettings: settings),
    // Recipes, run folders, checkpoints, safetensors, metrics.
    .target(
      name: "Runs",
      dependencies: [
        "MetaLearning", "NeuralNetworks", "Environments", "MetaTasks", "TensorPrograms",
        "TensorFiles", "Tensors", "Settings", "Files", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    // The command, for the learners, networks and data sets that it is given: parses, calls, prints.
    .target(
      name: "Command",
      dependencies: [
        "Runs", "MetaLearning", "MetaTasks", "NeuralNetworks", "TensorPrograms", "TensorFiles",
        "Tensors", "Settings", "Files",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // The command with what comes with this package.
    .executableTarget(
      name: "metalearn", dependencies: ["Command", "Runs"], swiftSettings: settings),

    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
    ),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),

    // What tests of several rooms need: folders, random numbers, mutations, settings of every kind.
    .target(
      name: "TestMaterial", dependencies: ["Settings"], path: "Tests/TestMaterial",
      swiftSettings: settings),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", "TestMaterial"], swiftSettings: settings),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestMaterial"], swiftSettings: settings),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: settings),
    .testTarget(
      name: "TensorFilesTests",
      dependencies: ["TensorFiles", "Tensors", "Files", "Runs", "TestMaterial"],
      swiftSettings: settings),
    .testTarget(
      name: "TensorProgramsTests", dependencies: ["TensorPrograms", "Tensors", "CTensorKernels"],
      swiftSettings: settings),
    .testTarget(
      name: "NeuralNetworksTests",
      dependencies: ["NeuralNetworks", "TensorPrograms", "Tensors", "Settings"],
      swiftSettings: settings),
    .testTarget(
      name: "MetaTasksTests",
      dependencies: [
        "MetaTasks", "NeuralNetworks", "TensorPrograms", "TensorFiles", "Tensors", "Settings",
        "Files",
        "CZlib", "TestMaterial",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: ["Environments", "MetaTasks", "Tensors", "Settings"],
      swiftSettings: settings),
    .testTarget(
      name: "MetaLearningTests",
      dependencies: [
        "MetaLearning", "NeuralNetworks", "MetaTasks", "TensorPrograms", "TensorFiles", "Tensors",
        "Settings", "Runs", "Files",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "Runs", "MetaLearning", "NeuralNetworks", "MetaTasks", "TensorPrograms", "TensorFiles",
        "Tensors", "Settings", "Files", "TestMaterial",
      ],
      exclude: ["Material"],
      swiftSettings: settings),
    .testTarget(
      name: "metalearnTests",
      dependencies: ["metalearn", "Command", "TensorFiles", "Tensors", "Runs"],
      swiftSettings: settings),
  ]
)

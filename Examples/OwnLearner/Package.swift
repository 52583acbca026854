// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "OwnLearner",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "MetaLearn", path: "../..")],
  targets: [
    .executableTarget(
      name: "OwnLearner", dependencies: [.product(name: "MetaLearn", package: "MetaLearn")])
  ]
)

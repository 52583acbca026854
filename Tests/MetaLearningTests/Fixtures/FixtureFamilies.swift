/// Which kinds of fixtures are built, and how.
enum FixtureFamilies {
  /// Kinds of a single function and its derivatives.
  static let ofFunctions: Set<String> = [
    "primitive", "scalar_derivatives", "high_order", "lstm", "snail",
  ]

  /// Whether a fixture is about steps down a support loss.
  static func hasInnerLoop(_ name: String) -> Bool {
    kind(of: name)?.hasPrefix("gbml/") == true
  }

  private static func kind(of name: String) -> String? { try? Fixture(named: name).kind }

  /// The cases of a fixture, from its description alone; throws where its kind is unknown.
  static func cases(of fixture: Fixture) throws -> [FixtureCase] {
    switch fixture.kind {
    case "primitive": try primitives(of: fixture)
    case "scalar_derivatives": [try scalarDerivatives(of: fixture)]
    case "high_order": [try highOrder(of: fixture)]
    case "lstm": [try memory(of: fixture)]
    case "snail": [try causalBlocks(of: fixture)]
    case "gbml/maml", "gbml/fomaml", "gbml/anil", "gbml/boil", "gbml/metasgd", "gbml/mamlpp":
      [try gradientBased(of: fixture)]
    case "mann": [try augmentedMemory(of: fixture)]
    case "l2l": [try learnedOptimizer(of: fixture)]
    case "cavia": [try context(of: fixture)]
    case "imaml": [try implicit(of: fixture)]
    case "meta_lstm": [try memoryDescent(of: fixture)]
    case "svgd": [try steinStep(of: fixture)]
    case "chaser": [try chaser(of: fixture)]
    case "reptile": [try reptile(of: fixture)]
    case "cnp": [try conditionalProcess(of: fixture)]
    case "anp": [try attentiveProcess(of: fixture)]
    case "metric/prototypical": [try prototypes(of: fixture)]
    case "metric/matching": [try matching(of: fixture)]
    case "metric/relation": [try relation(of: fixture)]
    case "metric/r2d2", "metric/lrd2": [try closedForm(of: fixture)]
    case "metric/metaoptnet_ridge": [try ridgeHead(of: fixture)]
    default: throw FixtureError("\(fixture.name): nobody builds fixtures of kind \(fixture.kind)")
    }
  }
}

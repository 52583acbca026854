public import Settings

/// The networks that a recipe can name.
public enum NetworkCatalogue {
  /// All of this package.
  public static let standard = standard(layers: LayerCatalogue.standard)

  /// All of this package, where the kind `layers` knows these layers.
  public static func standard(layers: Catalogue<LayerEntry>) -> Catalogue<NetworkEntry> {
    Catalogue(
      "network", [.conv4, .resNet12, .mlp, .linear, .textMean, .joined, .layers(of: layers)])
  }
}

extension SettingsSection {
  /// The network that this section describes, for a learner that needs something of it: the key
  /// `kind` names an entry, which reads the other keys.
  public func network(
    of catalogue: Catalogue<NetworkEntry>, default fallback: String?, _ needs: NetworkNeeds
  ) throws(SettingsError) -> (name: String, plan: NetworkPlan) {
    let entry = try kind(of: catalogue, default: fallback)
    return (entry.name, try entry.read(self, needs, among: catalogue.items))
  }
}

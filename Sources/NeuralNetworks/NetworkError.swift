public import Settings

/// Why a network cannot be made: one line that says which layer, what is wrong and what would be
/// right.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and what would be right; continues the name of the layer where there is one.
  public let reason: String
  /// The path of the layer at fault; nil where it is the network as a whole.
  public private(set) var layer: String?
  /// Where the network, or its layer at fault, is written; nil where it is made without settings.
  public private(set) var place: SettingsPlace?

  /// Makes an error; a layer's own need not name it, since whoever asked it does.
  public init(_ reason: String) { self.reason = reason }

  /// What is wrong, without its place.
  public var detail: String { layer.map { "layer '\($0)' \(reason)" } ?? reason }

  /// One line: the place where there is one, the layer, what is wrong.
  public var description: String { place.map { "\($0): \(detail)" } ?? detail }

  /// The error as that of a part of the layer of a name.
  func within(_ name: String) -> NetworkError {
    var error = self
    error.layer = layer.map { "\(name).\($0)" } ?? name
    return error
  }

  /// The error at a place, unless it has one.
  func at(_ place: SettingsPlace?) -> NetworkError {
    var error = self
    error.place = self.place ?? place
    return error
  }
}

extension SettingsError {
  /// The error of a network as one of the settings that it was read from.
  public init(_ error: NetworkError, orAt place: SettingsPlace) {
    self.init(.outOfBounds, error.place ?? place, error.detail)
  }
}

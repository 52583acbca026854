public import Tensors

/// Numbers in double precision: the same for all lanes, or a list of numbers for each lane.
public struct ReferenceValue: Sendable, Equatable {
  /// The extents of the axes, for one lane.
  public let shape: Shape
  /// For each lane the elements in row-major order; one list where all lanes share them.
  public let lanes: [[Double]]

  /// Makes a value of elements by lane.
  public init(shape: Shape, lanes: [[Double]]) {
    self.shape = shape
    self.lanes = lanes
  }

  /// Makes a shared value.
  public init(shape: Shape, _ elements: [Double]) { self.init(shape: shape, lanes: [elements]) }

  /// The elements of a shared value, or of the first lane.
  public var elements: [Double] { lanes.first ?? [] }

  /// The elements that a lane sees.
  func elements(ofLane lane: Int) -> [Double] { lanes.count == 1 ? lanes[0] : lanes[lane] }
}

import MetaTasks
import Tensors
import Testing

@Suite struct BorderedPictureTests {
  /// What lies between the pixels of a channel, in double precision; 0 beyond the border.
  private static func sample(
    _ picture: [Float], _ height: Int, _ width: Int, _ channels: Int, channel: Int, x: Double,
    y: Double
  ) -> Double {
    func pixel(_ row: Int, _ column: Int) -> Double {
      (0..<height).contains(row) && (0..<width).contains(column)
        ? Double(picture[(row * width + column) * channels + channel]) : 0
    }
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (right, down) = (x - left, y - top)
    let (column, row) = (Int(left), Int(top))
    let upper = pixel(row, column) * (1 - right) + pixel(row, column + 1) * right
    let lower = pixel(row + 1, column) * (1 - right) + pixel(row + 1, column + 1) * right
    return upper * (1 - down) + lower * down
  }

  private struct Case: Sendable, CustomTestStringConvertible {
    var height = 28
    var width = 28
    var channels = 1
    var map = LinearMap(xx: 1.02, xy: 0.08, yx: -0.07, yy: 0.97)
    var right: Float = 0.75
    var down: Float = -1.25

    var testDescription: String { "\(height)x\(width)x\(channels) \(map) \(right) \(down)" }

    static let all = [
      Case(), Case(channels: 3), Case(height: 1, width: 1), Case(height: 5, width: 16),
      Case(height: 16, width: 33, channels: 2), Case(right: 40, down: 2),
      Case(map: LinearMap(xx: -3, xy: 0.5, yx: 2, yy: 4)),
      Case(map: LinearMap(xx: 0, xy: -1, yx: 1, yy: 0), right: 0, down: 0),
    ]
  }

  @Test(arguments: Case.all)
  private func `a pixel is what lies between four others`(_ item: Case) {
    let (height, width, channels) = (item.height, item.width, item.channels)
    let picture = RandomKey(seed: 5).uniform(count: height * width * channels)
    let found = BorderedPicture(picture, height: height, width: width, channels: channels)
      .samples(through: item.map, right: item.right, down: item.down)
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    for row in 0..<height {
      for column in 0..<width {
        let x = Double(column) - middleX - Double(item.right)
        let y = Double(row) - middleY - Double(item.down)
        for channel in 0..<channels {
          let expected = Self.sample(
            picture, height, width, channels, channel: channel,
            x: Double(item.map.xx) * x + Double(item.map.xy) * y + middleX,
            y: Double(item.map.yx) * x + Double(item.map.yy) * y + middleY)
          let value = Double(found[(row * width + column) * channels + channel])
          #expect(abs(value - expected) < 1e-4, "row \(row), column \(column)")
        }
      }
    }
  }
}

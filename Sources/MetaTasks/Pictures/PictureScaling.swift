extension Picture {
  /// The picture at another size, by whole-number arithmetic: the same bytes on every system.
  ///
  /// Along an axis that becomes shorter, each new pixel is the mean of the area that it covers,
  /// pixels in part by their part; along one that becomes longer, it is interpolated linearly.
  /// Proportions are not kept.
  public func scaled(height newHeight: Int, width newWidth: Int) -> Picture {
    guard newHeight > 0, newWidth > 0 else {
      fatalError("A picture has no \(newHeight)x\(newWidth) pixels.")
    }
    if newHeight == height && newWidth == width { return self }
    let across = AxisWeights(from: width, to: newWidth)
    let down = AxisWeights(from: height, to: newHeight)
    let rowSize = newWidth * channels
    var rows = [Int](repeating: 0, count: height * rowSize)
    var result = [UInt8](repeating: 0, count: newHeight * rowSize)
    unsafe rows.withUnsafeMutableBufferPointer { rows in
      unsafe samples.withUnsafeBufferPointer { samples in
        unsafe result.withUnsafeMutableBufferPointer { result in
          guard let rows = rows.baseAddress, let from = samples.baseAddress,
            let to = result.baseAddress
          else { return }
          for row in 0..<height {
            unsafe across.combine(
              from + row * width * channels, step: channels, into: rows + row * rowSize)
          }
          unsafe down.combine(rows, rowSize: rowSize, total: across.total, into: to)
        }
      }
    }
    return Picture(height: newHeight, width: newWidth, channels: channels, samples: result)
  }

  /// For each new position along an axis, the old ones that it is made of.
  private struct AxisWeights {
    /// The first old position of each new one.
    private var starts: [Int] = []
    /// Where the weights of each new position begin, and after the last one their count.
    private var firsts: [Int] = [0]
    private var weights: [Int] = []
    /// What the weights of one position add up to.
    let total: Int

    init(from old: Int, to new: Int) {
      total = new <= old ? old : 2 * new
      for position in 0..<new {
        if new <= old {
          // In units in which an old pixel is `new` long and a new one `old`.
          let (lower, upper) = (position * old, (position + 1) * old)
          starts.append(lower / new)
          for pixel in lower / new...(upper - 1) / new {
            weights.append(min(upper, (pixel + 1) * new) - max(lower, pixel * new))
          }
        } else {
          // The new pixel's centre in old pixels from the first centre, times 2 new.
          let centre = min(max((2 * position + 1) * old - new, 0), 2 * new * (old - 1))
          let start = min(centre / (2 * new), max(old - 2, 0))
          let beyond = centre - start * 2 * new
          starts.append(start)
          weights += old == 1 ? [2 * new] : [2 * new - beyond, beyond]
        }
        firsts.append(weights.count)
      }
    }

    // Plain loops over pointers: these are also quick where nothing is optimised.

    /// One row of pixels, `step` channels each, to weighted sums.
    func combine(
      _ source: UnsafePointer<UInt8>, step: Int, into target: UnsafeMutablePointer<Int>
    ) {
      unsafe weights.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        var position = 0
        while position < starts.count {
          let (first, last) = (firsts[position], firsts[position + 1])
          var channel = 0
          while channel < step {
            var pixel = unsafe source + (starts[position] &* step &+ channel)
            var sum = 0
            var index = first
            while index < last {
              unsafe sum &+= weights[index] &* Int(pixel.pointee)
              unsafe pixel += step
              index &+= 1
            }
            unsafe target[position &* step &+ channel] = sum
            channel &+= 1
          }
          position &+= 1
        }
      }
    }

    /// Rows of weighted sums to samples; `total` is what the weights along a row add up to.
    func combine(
      _ rows: UnsafePointer<Int>, rowSize: Int, total rowTotal: Int,
      into target: UnsafeMutablePointer<UInt8>
    ) {
      let whole = total * rowTotal
      unsafe weights.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        for position in starts.indices {
          let (first, last) = (firsts[position], firsts[position + 1])
          var column = 0
          while column < rowSize {
            var row = unsafe rows + (starts[position] &* rowSize &+ column)
            var sum = whole / 2
            var index = first
            while index < last {
              unsafe sum &+= weights[index] &* row.pointee
              unsafe row += rowSize
              index &+= 1
            }
            unsafe target[position &* rowSize &+ column] = UInt8(truncatingIfNeeded: sum / whole)
            column &+= 1
          }
        }
      }
    }
  }
}

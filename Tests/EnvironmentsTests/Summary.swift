/// The mean of numbers, their deviation, and the deviation of the mean.
struct Summary {
  let mean: Double
  let deviation: Double
  let error: Double

  init(_ numbers: [Double]) {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = (squares / (count - 1)).squareRoot()
    error = deviation / count.squareRoot()
  }
}

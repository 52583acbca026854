import Tensors

/// Steps of conjugate gradient (Hestenes and Stiefel 1952) towards the solution x of A x = b, for a
/// symmetric A of which only products with trees are known.
///
/// There are always as many steps. One that has nothing to do changes nothing: where the residual
/// b - A x is small, and where A is not positive along the step's direction.
struct ConjugateGradient: Sendable, Hashable {
  /// The number of steps.
  let steps: Int
  /// The norm of the residual, as a part of b's, from which on steps change nothing.
  ///
  /// It is below what single precision can tell apart: steps end where they would divide nothing
  /// by nothing.
  static let tolerance = 1e-12

  /// The solution that the steps lead to from a start.
  func solution(
    of right: Parameters, from start: Parameters, _ product: (Parameters) -> Parameters
  ) -> Parameters {
    let enough = right.squaredNorm() * (ConjugateGradient.tolerance * ConjugateGradient.tolerance)
    let nothing = Tensor.fill(0)
    var solution = start
    var residual = right - product(start)
    var direction = residual
    var square = residual.squaredNorm()
    for number in 0..<steps {
      Scope.named("solver step \(number + 1)") {
        let image = product(direction)
        let curvature = direction.dot(image)
        let goesOn = enough.isLess(than: square) * nothing.isLess(than: curvature)
        let length = select(goesOn, square / curvature, nothing)
        solution = solution + length * direction
        residual = residual - length * image
        let next = residual.squaredNorm()
        direction = residual + select(goesOn, next / square, nothing) * direction
        square = next
      }
    }
    return solution
  }
}

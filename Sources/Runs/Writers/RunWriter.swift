public import Files
public import MetaLearning
public import Settings

/// Writes what happens in a training to a file of the run's folder.
///
/// What was written up to a checkpoint stays; the rest is cut when the run goes on from there, and
/// written again. So what a writer writes depends on events alone, never on the clock.
public protocol RunWriter {
  /// Takes up an event.
  mutating func write(_ event: MetaTrainer.Event) throws(FileError)

  /// Waits until everything is on the disk and gives a mark of it, such as a length in bytes.
  mutating func mark() throws(FileError) -> Int

  /// What was found missing of what the mark says when the run was opened; nil where nothing was.
  var warning: String? { get }
}

/// A run writer that a recipe can name.
public typealias RunWriterEntry = CatalogueEntry<RunWriterPlan>

/// A run writer whose settings are known, before there is a run.
public struct RunWriterPlan: Sendable {
  /// Opens the writer in the folder of a run and cuts what it wrote after a mark, 0 for all of it.
  public let open: @Sendable (RunFolder, _ mark: Int) throws(FileError) -> any RunWriter

  /// Makes a plan.
  public init(
    open: @escaping @Sendable (RunFolder, _ mark: Int) throws(FileError) -> any RunWriter
  ) {
    self.open = open
  }
}

/// The run writers that come with this package: one file and one line each.
public enum RunWriterCatalogue {
  /// All of them; the usual one is what a recipe has that names none.
  public static let standard = Catalogue(
    "run writer", usual: MetricsWriter.entry.name, [MetricsWriter.entry])
}

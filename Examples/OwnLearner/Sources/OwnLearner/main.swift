import Command
import Foundation
import Runs

// The whole command, with a learner, a network, a data set, a preparation of raw input, a metric
// and a run writer of this package's own beside what MetaLearn brings.
var catalogues = Catalogues.standard
catalogues.learners.add(RidgeHead.entry)
catalogues.networks.add(TwoViews.entry)
catalogues.dataSets.add(RhythmTasks.entry)
catalogues.preparations.add(RhythmPreparation.entry)
catalogues.metrics.add(.confidence)
catalogues.runWriters.add(LossTable.entry)

exit(CommandLineSession.run(Array(CommandLine.arguments.dropFirst()), catalogues))

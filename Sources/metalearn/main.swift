import Command
import Foundation
import Runs

exit(CommandLineSession.run(Array(CommandLine.arguments.dropFirst()), Catalogues.standard))

import Foundation

exit(CommandLineSession.run(Array(CommandLine.arguments.dropFirst())))

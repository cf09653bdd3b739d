import ArgumentParser
import JSONWire
import NIOCore

/// `chorus config import`: the configuration of a server that Chorus takes the place of.
struct ConfigImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn a JSON configuration of Centrifugo 6 into one of Chorus.",
        discussion: """
            Writes it to standard output. What Chorus has no counterpart for is named
            on standard error, key by key; what is off (false, 0, empty) is not. Exits
            with 78 when the file cannot be read or is no configuration.

              chorus config import config.json > chorus.json
            """
    )

    @Argument(help: "The configuration of Centrifugo.")
    var file: String

    func run() async throws {
        guard let foreign = try await FileOptions.read(file) else { return }
        if let problem = foreign.problem ?? foreign.otherThanObject {
            Console.say("\(problem)")
            throw ExitCode(Exit.configuration)
        }
        guard !CentrifugoImport.isOutdated(foreign.root) else {
            Console.say("\(file) is of a version before Centrifugo 6; Centrifugo has a converter to that one")
            throw ExitCode(Exit.configuration)
        }
        let imported = CentrifugoImport(foreign.root)
        let text = imported.text
        Console.print(text)
        for remark in imported.remarks { Console.say(remark) }
        // what was wrong before is wrong now
        let result = ConfigurationFile(ByteBuffer(string: text), path: "the result")
        for problem in ConfigurationSources(file: result).resolve().problems { Console.say("\(problem)") }
    }
}

import ChorusTesting
import Foundation

/// What `chorus` says of its commands and options to programs.
struct CommandTree: Decodable {
    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let arguments: [Argument]?
        let subcommands: [Command]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let abstract: String?
        let valueName: String?
        let names: [Name]?
        let defaultValue: String?

        /// The long names of an option or a flag, without dashes.
        var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map(\.name) }
    }

    let command: Command

    /// The commands that do something: all but `help`.
    static func commands() async throws -> [Command] {
        let dump = try await runChorus("--experimental-dump-help")
        let tree = try JSONDecoder().decode(CommandTree.self, from: Data(dump.output.utf8))
        let commands = (tree.command.subcommands ?? []).filter { $0.commandName != "help" }
        guard commands.count >= 4 else { throw TestFailure("no commands: \(dump.output)") }
        return commands
    }
}

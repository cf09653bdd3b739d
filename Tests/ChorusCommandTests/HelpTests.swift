import ChorusTesting
import Foundation
import Testing

@Suite("chorus --help")
struct HelpTests {
    @Test("it names every command and what it does")
    func overview() async throws {
        let help = try await runChorus("--help")
        #expect(help.code == 0)
        #expect(help.errors.isEmpty)
        for command in try await CommandTree.commands() {
            #expect(help.output.contains("  \(command.commandName) "))
            // it may be broken into lines
            let abstract = try #require(command.abstract)
            #expect(help.output.contains(abstract.prefix(20)), "\(command.commandName)")
        }
    }

    @Test("of every command it names every option, and says what it is for")
    func options() async throws {
        for command in try await CommandTree.commands() {
            let help = try await runChorus(command.commandName, "--help")
            #expect(help.code == 0)
            #expect(help.errors.isEmpty)
            for argument in command.arguments ?? [] {
                let names = argument.longNames.map { "--\($0)" }
                let shown = argument.kind == "positional" ? ["<\(argument.valueName ?? "")>"] : names
                #expect(!shown.isEmpty)
                for name in shown { #expect(help.output.contains(name), "\(command.commandName) \(name)") }
                #expect((argument.abstract ?? "").count > 5, "\(command.commandName) \(shown)")
                let isDefaultSaidTwice = argument.defaultValue != nil && argument.abstract?.contains("(default") == true
                #expect(!isDefaultSaidTwice, "\(command.commandName) \(shown)")
            }
        }
    }

    @Test("of every command it shows an example and says how it ends, in lines that fit")
    func examples() async throws {
        for command in try await CommandTree.commands() {
            let help = try await runChorus(command.commandName, "--help")
            let example = help.lines.first { $0.hasPrefix("  ") && $0.contains("chorus \(command.commandName)") }
            #expect(example != nil, "\(command.commandName)")
            let saysHow = help.output.contains("Exits with") || help.output.contains("SIGTERM")
            #expect(saysHow, "\(command.commandName)")
            for line in help.lines where !line.hasPrefix("USAGE:") {
                #expect(line.count <= 80, "\(command.commandName): \(line)")
            }
        }
    }
}

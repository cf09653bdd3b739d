import ArgumentParser

/// The command `chorus`.
@main
struct ChorusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chorus",
        abstract: "One message in, every listener served: a broadcast server.",
        version: "0.1.0",
        subcommands: [Serve.self, Bench.self]
    )
}

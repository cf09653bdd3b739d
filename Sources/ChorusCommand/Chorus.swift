import ArgumentParser
import Chorus

/// The command `chorus`.
@main
struct ChorusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chorus",
        abstract: "One message in, every listener served: a broadcast server.",
        version: BroadcastServer.version,
        subcommands: [Serve.self, Publish.self, Subscribe.self, Bench.self]
    )
}

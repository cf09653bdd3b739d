import ArgumentParser
import Chorus

/// The command `chorus`.
@main
struct ChorusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chorus",
        abstract: "One message in, every listener served: a broadcast server.",
        discussion: """
            In one terminal the server, in the others what you like:

              chorus serve --demo
              chorus subscribe news
              chorus publish news "The doors are open"
            """,
        version: BroadcastServer.version,
        subcommands: [Serve.self, Config.self, Publish.self, Subscribe.self, Token.self, Bench.self]
    )
}

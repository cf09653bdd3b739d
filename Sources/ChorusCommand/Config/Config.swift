import ArgumentParser

/// `chorus config …`: what can be said of the server, whether it makes sense, and what holds.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check, show and write configurations.",
        discussion: """
            What can be an option of chorus serve, and more, can stand in a file: the
            one that --config or the environment's CHORUS_CONFIG names, or chorus.json
            in the working directory. The environment weighs more than the file, and
            options more than both.

              chorus config init --output chorus.json
              chorus config check chorus.json
              chorus config show

            Exits with 78 when something is wrong.
            """,
        subcommands: [ConfigCheck.self, ConfigShow.self, ConfigInit.self, ConfigSchema.self, ConfigImport.self]
    )
}

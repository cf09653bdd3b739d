import ArgumentParser

/// `chorus serve`: the stand-alone server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the server.",
        discussion: """
            Clients of /ws talk to each other: a text that one sends is relayed to all as "Message: …". Clients of
            /ws/TOPIC share the topic TOPIC. Backends publish through POST /api/publish. Without options only this
            machine can connect. If others can, directly or through a proxy, clients may publish only where --publish
            says so, and the HTTP API needs a key.

              chorus serve --demo
              chorus serve --host 0.0.0.0 --publish chat --api-key-file keys
              chorus serve --certificate chain.pem --key key.pem --origin https://example.com
              chorus serve --config chorus.json

            Every option can also stand in a file or in the environment: see chorus config. Times are seconds, or have a
            unit: 250ms, 25s, 10m, 24h. Sizes are bytes, or have one: 64KiB, 16MiB.

            SIGTERM and SIGINT stop the server: what was accepted is delivered, and clients are told to come back.
            SIGHUP reads configuration, keys and certificate again.
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let path = options.file.path
        let sources = options.sources(file: try await FileOptions.read(path))
        let settings = try sources.resolve().checked(for: Serve.self)
        FileLimit.raise()
        await Exit.withCode {
            let server = try await StandaloneServer(settings)
            try await server.run(Reloader(path: path, sources, settings, server))
        }
    }
}

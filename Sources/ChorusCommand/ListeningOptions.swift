import ArgumentParser
import Configuration

/// Where the server listens and whom it lets in.
struct ListeningOptions: ParsableArguments {
    @Option(help: Settings.help("--host")) var host: String?

    @Option(help: Settings.help("--port")) var port: Int?

    @Option(name: .customLong("unix"), help: Settings.help("--unix", valueName: "path")) var unixPath: String?

    @Option(help: Settings.help("--certificate", valueName: "file")) var certificate: String?

    @Option(help: Settings.help("--key", valueName: "file")) var key: String?

    @Option(help: Settings.help("--event-loops")) var eventLoops: Int?

    @Option(name: .customLong("origin"), help: Settings.help("--origin", valueName: "origin")) var origins: [String] =
        []

    @Option(name: .customLong("trusted-proxy"), help: Settings.help("--trusted-proxy", valueName: "network"))
    var trustedProxies: [String] = []

    @Flag(inversion: .prefixedNo, help: Settings.help("--compression")) var compression: Bool?

    var given: [String: ConfigContent?] {
        [
            "--host": host.map(ConfigContent.string),
            "--port": port.map(ConfigContent.int),
            "--unix": unixPath.map(ConfigContent.string),
            "--certificate": certificate.map(ConfigContent.string),
            "--key": key.map(ConfigContent.string),
            "--event-loops": eventLoops.map(ConfigContent.int),
            "--origin": origins.isEmpty ? nil : .stringArray(origins),
            "--trusted-proxy": trustedProxies.isEmpty ? nil : .stringArray(trustedProxies),
            "--compression": compression.map(ConfigContent.bool),
        ]
    }
}

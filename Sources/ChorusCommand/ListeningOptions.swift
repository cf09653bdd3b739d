import ArgumentParser
import Chorus
import ChorusCore
import WebSocketWire

/// Where the server listens and whom it lets in.
struct ListeningOptions: ParsableArguments {
    @Option(help: "The address to listen on; 0.0.0.0 or :: for all.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port = 8000

    @Option(
        name: .customLong("unix"),
        help: ArgumentHelp("Listen on a Unix socket in place of host and port.", valueName: "path")
    )
    var unixPath: String?

    @Option(
        help: ArgumentHelp("The certificate chain in PEM form; turns TLS on. Read again on SIGHUP.", valueName: "file")
    )
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM form.", valueName: "file"))
    var key: String?

    @Option(help: "How many event loops serve connections (default: one per processor core).")
    var eventLoops: Int?

    @Option(
        name: .customLong("origin"),
        help: ArgumentHelp(
            "Let pages of this origin connect, such as https://example.com or https://*.example.com; * for all. "
                + "May be repeated. Pages of the server's own origin always may, "
                + "on loopback only under a name of this machine.",
            valueName: "origin"
        )
    )
    var origins: [String] = []

    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "Believe X-Forwarded-For of this address or network, such as 10.0.0.0/8. May be repeated.",
            valueName: "network"
        )
    )
    var trustedProxies: [String] = []

    @Flag(inversion: .prefixedNo, help: "Compress for clients that ask for it.")
    var compression = true

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535.") }
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key belong together.")
        }
        for origin in origins where origin != "*" && !OriginPolicy.isPattern(origin) {
            throw ValidationError("--origin: \(origin) is not an origin such as https://example.com.")
        }
        if let eventLoops, !(1...1024).contains(eventLoops) {
            throw ValidationError("--event-loops is a number from 1 to 1024.")
        }
    }

    /// Whether only this machine can connect, as far as can be known: a proxy, which a Unix socket mostly is for, or
    /// pages of other origins say that others can.
    var isLocal: Bool {
        guard unixPath == nil, trustedProxies.isEmpty else { return false }
        let hosts = origins.map { $0.split(separator: "/").last.map(String.init) ?? "" }
        return ([host.contains(":") ? "[\(host)]" : host] + hosts).allSatisfy(HostName.isLoopback)
    }

    /// A page of this machine has several addresses, and who writes it thinks of one.
    private static func sameMachine(_ origin: String) -> [String] {
        for name in ["//localhost", "//127.0.0.1", "//[::1]"] {
            guard let range = origin.firstRange(of: name) else { continue }
            let rest = origin[range.upperBound...]
            guard rest.isEmpty || rest.first == ":" else { continue }
            return ["localhost", "127.0.0.1", "[::1]"].map { "\(origin[..<range.lowerBound])//\($0)\(rest)" }
        }
        return [origin]
    }

    func configuration(limits: LimitOptions) throws -> BroadcastServer.Configuration {
        var configuration = BroadcastServer.Configuration(host: host, port: port, unixSocketPath: unixPath)
        if let certificate, let key {
            configuration.tls = .init(certificateChain: certificate, privateKey: key)
        }
        configuration.eventLoops = eventLoops
        configuration.compresses = compression
        if origins.contains("*") {
            configuration.origins = .any
        } else if !origins.isEmpty {
            configuration.origins = .allowed(origins.flatMap(ListeningOptions.sameMachine))
        }
        do throws(ChorusError) {
            for network in trustedProxies { configuration.trustedProxies.append(try TrustedProxy(network)) }
        } catch {
            throw ValidationError("--trusted-proxy: \(error.message)")
        }
        limits.apply(to: &configuration)
        return configuration
    }
}

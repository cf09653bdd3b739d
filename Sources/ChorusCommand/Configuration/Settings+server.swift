import Chorus
import ChorusCore
import NIOCore
import WebSocketWire

extension Settings {
    /// Whether only this machine can connect, as far as can be known: a proxy, which a Unix socket mostly is for, or
    /// pages of other origins say that others can.
    var isLocal: Bool {
        guard listen.unixSocket == nil, listen.trustedProxies.isEmpty else { return false }
        let hosts = listen.origins.map { $0.split(separator: "/").last.map(String.init) ?? "" }
        return ([listen.host.contains(":") ? "[\(listen.host)]" : listen.host] + hosts).allSatisfy(HostName.isLoopback)
    }

    var serverConfiguration: BroadcastServer.Configuration {
        var configuration = BroadcastServer.Configuration(
            host: listen.host,
            port: listen.port,
            unixSocketPath: listen.unixSocket,
            eventLoops: listen.eventLoops,
            compresses: listen.compression,
            drainTime: drainTime,
            // each has been checked
            trustedProxies: listen.trustedProxies.compactMap { try? TrustedProxy($0) }
        )
        if let certificate = listen.certificate, let key = listen.key {
            configuration.tls = .init(certificateChain: certificate, privateKey: key)
        }
        if listen.origins.contains("*") {
            configuration.origins = .any
        } else if !listen.origins.isEmpty {
            configuration.origins = .allowed(listen.origins.flatMap(Settings.sameMachine))
        }
        configuration.keepAlive =
            keepAlive.interval > .zero ? .init(interval: keepAlive.interval, timeout: keepAlive.timeout) : nil
        configuration.limits = BroadcastServer.Limits(
            connections: limits.connections,
            connectionsPerAddress: limits.connectionsPerAddress,
            messageSize: limits.messageSize,
            headSize: limits.headSize,
            headerCount: limits.headers,
            handshakeTime: limits.handshakeTime,
            closeTime: limits.closeTime,
            lingerTime: limits.lingerTime,
            hookTime: limits.hookTime,
            httpIdleTime: limits.httpIdleTime
        )
        return configuration
    }

    var apiLimits: HTTPAPI.Limits {
        var limits = HTTPAPI.Limits()
        limits.bodySize = api.requestSize
        limits.listLength = api.listLength
        limits.messageSize = self.limits.messageSize
        return limits
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
}

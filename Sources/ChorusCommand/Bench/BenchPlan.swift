import ChorusClient
import NIOCore
import NIOPosix
import NIOSSL

/// What does not change in a run, made once: the options, and what follows from them.
struct BenchPlan: Sendable {
    let options: BenchOptions
    let url: WebSocketURL
    /// Resolved once: ten thousand connections must not ask ten thousand times.
    let address: SocketAddress
    let tls: NIOSSLContext?
    let mark: BenchMessage.Mark

    init(_ options: BenchOptions) throws {
        self.options = options
        url = try WebSocketURL(options.url)
        mark = BenchMessage.Mark(run: .random(in: 0 ... .max))
        do {
            address =
                switch url.endpoint {
                case .tcp(let host, let port): try .makeAddressResolvingHost(host, port: port)
                case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
                }
        } catch {
            throw WebSocketClientError.connecting(to: "\(url)", error)
        }
        guard url.isSecure else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if options.isInsecure { configuration.certificateVerification = .none }
        tls = try NIOSSLContext(configuration: configuration)
    }

    /// A handler for TLS; an address is not a name that a server could choose its certificate by.
    func makeTLSHandler() throws -> NIOSSLClientHandler? {
        guard let tls else { return nil }
        guard case .tcp(let host, _) = url.endpoint, (try? SocketAddress(ipAddress: host, port: 0)) == nil else {
            return try NIOSSLClientHandler(context: tls, serverHostname: nil)
        }
        return try NIOSSLClientHandler(context: tls, serverHostname: host)
    }
}

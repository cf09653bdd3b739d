import AsyncHTTPClient
import ChorusClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import WebSocketWire

/// What does not change in a run, made once: the options, and what follows from them.
struct BenchPlan: Sendable {
    let options: BenchOptions
    /// Where the connections of each topic connect to.
    let urls: [WebSocketURL]
    /// Resolved once: ten thousand connections must not ask ten thousand times.
    let address: SocketAddress
    let tls: NIOSSLContext?
    let mark: BenchMessage.Mark
    let headers: [HTTPHeaderField]
    /// Without its body; nil when is published over WebSocket.
    let publishRequest: HTTPClient.Request?

    init(_ options: BenchOptions) async throws {
        self.options = options
        urls = try (0..<options.topics).map { topic throws(WebSocketClientError) in
            try WebSocketURL(options.url.replacing("{topic}", with: options.topicName(topic)))
        }
        mark = BenchMessage.Mark(run: .random(in: 0 ... .max))
        headers = options.headers.map { HTTPHeaderField(name: $0.name, value: $0.value) }
        publishRequest = try Self.publishRequest(options)
        do {
            address = try await Self.address(of: urls[0].endpoint)
        } catch {
            throw WebSocketClientError.connecting(to: "\(urls[0])", error)
        }
        let configuration = TLSConfiguration.client(acceptingAnyCertificate: options.isInsecure)
        tls = try urls[0].isSecure ? NIOSSLContext(configuration: configuration) : nil
    }

    /// A name may have several addresses, and at some of them nobody may listen: it is the one that can be connected to.
    private static func address(of endpoint: WebSocketURL.Endpoint) async throws -> SocketAddress {
        switch endpoint {
        case .unix(let path):
            return try SocketAddress(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            if let address = try? SocketAddress(ipAddress: host, port: port) { return address }
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: host, port: port).get()
            let address = channel.remoteAddress
            try? await channel.close()
            return try address ?? .makeAddressResolvingHost(host, port: port)
        }
    }

    /// A handler for TLS; an address is not a name that a server could choose its certificate by.
    func makeTLSHandler() throws -> NIOSSLClientHandler? {
        guard let tls else { return nil }
        guard case .tcp(let host, _) = urls[0].endpoint, (try? SocketAddress(ipAddress: host, port: 0)) == nil else {
            return try NIOSSLClientHandler(context: tls, serverHostname: nil)
        }
        return try NIOSSLClientHandler(context: tls, serverHostname: host)
    }

    /// What publishes by HTTP, on the event loops of the bench; nil when is published over WebSocket.
    func makeHTTPClient(on group: MultiThreadedEventLoopGroup) -> HTTPClient? {
        guard publishRequest != nil else { return nil }
        var configuration = HTTPClient.Configuration.api(.client(acceptingAnyCertificate: options.isInsecure))
        // every publisher has its own connection
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.publisherCount
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    private static func publishRequest(_ options: BenchOptions) throws -> HTTPClient.Request? {
        guard let url = options.publishURL else { return nil }
        do {
            var request = try HTTPClient.Request(url: url, method: .POST)
            request.headers.add(name: "Content-Type", value: "application/json")
            if let key = options.apiKey { request.headers.add(name: "X-API-Key", value: key) }
            // in place of those above, but not of each other
            for field in options.headers { request.headers.remove(name: field.name) }
            for field in options.headers { request.headers.add(name: field.name, value: field.value) }
            return request
        } catch {
            let message = "--publish-url: \(url.withoutQuery) is not the URL of an HTTP API"
            throw APIClient.Failure(message: message, exit: Exit.usage)
        }
    }
}

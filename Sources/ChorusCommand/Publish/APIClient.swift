import AsyncHTTPClient
import JSONWire
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Publishes through a server's HTTP API.
struct APIClient: Sendable {
    /// What the server says of one command.
    struct Reply: Sendable {
        /// `nil` if it has accepted it.
        let error: (code: Int, message: String)?
    }

    /// Nothing is known of what was accepted.
    struct Failure: Error {
        let message: String
        let exit: Int32
        /// Whether another attempt may succeed.
        var isTemporary = true
        /// Nobody is there who could have accepted anything.
        var isNobody = false
        /// Fewer commands at once may be accepted.
        var isTooLarge = false
    }

    private let client: HTTPClient
    private let url: String
    private let key: String?

    init(_ server: ServerOptions, key: String?) {
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .api(server.tls))
        self.url = server.url
        self.key = key
    }

    func shutdown() async { try? await client.shutdown() }

    /// Publishes one after the other, up to the first that is refused. Gives the replies of those that were looked at.
    ///
    /// - Parameter commands: elements of a `batch`. They may have been accepted already, if they have idempotency keys.
    func publish(_ commands: [ByteBuffer]) async throws(Failure) -> [Reply] {
        let body = ByteBuffer.jsonObject {
            $0.field("commands", elements: commands)
            $0.field("stop_on_error", true)
        }
        let answer = try await post("batch", body)
        if let error = answer["error"], error["code"]?.integer() == 107 {
            // more commands than the server takes at once
            let message = error["message"]?.string ?? "too many at once"
            throw Failure(message: message, exit: Exit.usage, isTemporary: false, isTooLarge: true)
        }
        guard let replies = answer["replies"]?.elements, !replies.isEmpty, replies.count <= commands.count else {
            throw Failure(message: "\(url) does not answer as Chorus does", exit: Exit.unavailable, isTemporary: false)
        }
        return replies.map { reply in
            guard let error = reply["error"] else { return Reply(error: nil) }
            return Reply(error: (error["code"]?.integer() ?? 0, error["message"]?.string ?? "refused"))
        }
    }

    private func post(_ method: String, _ body: ByteBuffer) async throws(Failure) -> JSONValue {
        var request = HTTPClientRequest(url: "\(url)/api/\(method)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let key { request.headers.add(name: "X-API-Key", value: key) }
        request.body = .bytes(body)
        let status: UInt
        let answer: ByteBuffer
        do {
            let response = try await client.execute(request, timeout: TimeAmount.seconds(Int64(60)))
            status = response.status.code
            answer = try await response.body.collect(upTo: 16 << 20)
        } catch {
            throw Failure(error: error, at: url)
        }
        guard status == 200 else { throw Failure(status: status, body: answer, at: url) }
        guard let value = try? JSONValue(answer) else {
            throw Failure(message: "\(url) does not answer as Chorus does", exit: Exit.unavailable, isTemporary: false)
        }
        return value
    }
}

extension APIClient.Failure {
    /// No answer.
    init(error: any Error, at url: String) {
        message = "\(url) cannot be reached (\(error.plain))"
        exit = Exit.unavailable
        // a name that nobody has, an address at which nobody listens, a certificate that is not trusted
        isNobody =
            error is NIOConnectionError || (error as? IOError)?.errnoCode == ECONNREFUSED || error is NIOSSLError
            || (error as? HTTPClientError) == .connectTimeout || "\(error)".contains("handshakeFailed")
    }

    /// An answer without success, whose body begins with a line for people.
    init(status: UInt, body: ByteBuffer, at url: String) {
        let line = String(buffer: body).split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(200))" } ?? ""
        message = "\(url) answered \(status)\(line)"
        exit = [401, 403].contains(status) ? Exit.notPermitted : status == 413 ? Exit.usage : Exit.unavailable
        isTooLarge = status == 413
        isTemporary = status >= 500 || status == 429 || status == 408
    }
}

extension HTTPClient.Configuration {
    /// For the HTTP API of a server.
    static func api(_ tls: TLSConfiguration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        // tried again by the one who says so
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout = .init(connect: TimeAmount.seconds(Int64(10)), read: TimeAmount.seconds(Int64(60)))
        return configuration
    }
}

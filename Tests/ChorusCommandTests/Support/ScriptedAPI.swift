import ChorusTesting
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP server that answers `POST /api/batch` as a test tells it to.
final class ScriptedAPI: Sendable {
    /// What it is asked to publish.
    struct Batch: Decodable, Sendable {
        struct Command: Decodable, Sendable {
            let publish: Publication
        }

        struct Publication: Decodable, Sendable {
            let channel: String
            let data: String
            let idempotency_key: String
        }

        let commands: [Command]
        let stop_on_error: Bool

        var texts: [String] { commands.map(\.publish.data) }
        var keys: [String] { commands.map(\.publish.idempotency_key) }
    }

    /// What it answers.
    enum Answer: Sendable {
        case status(Int, String)
        /// It has accepted so many, and then there is an error, if one is given: a code and a message.
        case replies(Int, error: (Int, String)? = nil)
        case silence
        case hangUp
    }

    /// The lines of a request's head in lower case, and its body.
    fileprivate typealias Request = (head: [String], batch: Batch)

    let port: Int
    private let asked: Mutex<[Request]>

    private init(port: Int) {
        self.port = port
        asked = Mutex([])
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// What it has been asked so far.
    var batches: [Batch] { asked.withLock { $0.map(\.batch) } }
    /// The lines of the requests' heads, in lower case.
    var heads: [[String]] { asked.withLock { $0.map(\.head) } }

    /// Starts it, runs `body`, and stops it.
    ///
    /// - Parameter answer: the answer to a request, by its number from 0; asked for one after the other.
    static func run<Result: Sendable>(
        _ answer: @escaping @Sendable (Int, Batch) async -> Answer,
        _ body: (ScriptedAPI) async throws -> Result
    ) async throws -> Result {
        let (requests, newRequests) = AsyncStream.makeStream(of: (any Channel, Request).self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RequestReader { newRequests.yield((channel, $0)) })
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let api = ScriptedAPI(port: channel.localAddress?.port ?? 0)
        let answering = Task {
            for await (channel, request) in requests {
                let number = api.asked.withLock { asked in
                    asked.append(request)
                    return asked.count - 1
                }
                await answer(number, request.batch).write(to: channel)
            }
        }
        defer { answering.cancel() }
        do {
            let result = try await body(api)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

extension ScriptedAPI.Answer {
    fileprivate func write(to channel: any Channel) {
        switch self {
        case .silence: break
        case .hangUp: channel.close(promise: nil)
        case .status(let status, let body): ScriptedAPI.Answer.write(status, body, to: channel)
        case .replies(let count, let error):
            var replies = [String](repeating: #"{"publish":{}}"#, count: count)
            if let error { replies.append(#"{"error":{"code":\#(error.0),"message":"\#(error.1)"}}"#) }
            ScriptedAPI.Answer.write(200, #"{"replies":[\#(replies.joined(separator: ","))]}"#, to: channel)
        }
    }

    private static func write(_ status: Int, _ body: String, to channel: any Channel) {
        // somewhere to be led to, for those who follow
        let location = (300..<400).contains(status) ? "Location: http://127.0.0.1:1/\r\n" : ""
        let head = "HTTP/1.1 \(status) Answer\r\n\(location)Content-Length: \(body.utf8.count)\r\n\r\n"
        channel.writeAndFlush(ByteBuffer(string: head + body), promise: nil)
    }
}

/// Takes requests with a length and a body of JSON.
private final class RequestReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var received: [UInt8] = []
    private let onRequest: (ScriptedAPI.Request) -> Void

    init(_ onRequest: @escaping (ScriptedAPI.Request) -> Void) { self.onRequest = onRequest }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        while let end = received.indices.first(where: { received[$0...].starts(with: "\r\n\r\n".utf8) }) {
            let head = String(decoding: received[..<end], as: UTF8.self).lowercased().components(separatedBy: "\r\n")
            let length = head.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).trimmed) }
            guard let length, received.count >= end + 4 + length else { return }
            let body = Data(received[(end + 4)..<(end + 4 + length)])
            received.removeFirst(end + 4 + length)
            guard head[0].hasPrefix("post /api/batch "),
                let batch = try? JSONDecoder().decode(ScriptedAPI.Batch.self, from: body)
            else { return context.close(promise: nil) }
            onRequest((head, batch))
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

@available(*, unavailable)
extension RequestReader: Sendable {}

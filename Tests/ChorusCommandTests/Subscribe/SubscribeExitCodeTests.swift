import ChorusTesting
import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite("chorus subscribe: exit codes")
struct SubscribeExitCodeTests {
    @Test(
        "an unknown option, or a value that makes no sense, is 64 and named",
        arguments: [
            (["a", "--nonsense"], "--nonsense"), ([], "topic"), (["a", "a"], "twice"),
            (["a", "--last", "-1"], "--last"),
            (["a", "--last", "x"], "--last"), (["a", "--count", "0"], "--count"), (["a", "--since", "7"], "--since"),
            (["a", "--since", "x:1"], "--since"), (["a", "b", "--since", "1:1"], "--since"),
            (["a", "--last", "1", "--latest"], "--latest"), (["a", "--last", "1", "--since", "1:1"], "--since"),
            (["a", "--notices"], "--notices"), (["a", "--url", "ws://127.0.0.1:1"], "--url"),
            (["a", "--url", "http://"], "URL"),
        ] as [([String], String)]
    )
    func usage(_ arguments: [String], _ name: String) async throws {
        let ending = try await ChorusProcess(["subscribe"] + arguments).end()
        #expect(ending.code == 64)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains(name), "\(ending.errors)")
    }

    @Test(
        "what the server does not understand is 64, and its reason is said once, in one line",
        arguments: [
            (["news", "--latest"], "latest is for topics"), (["news", "--last", "1000001"], "last is a number"),
            (["news", "--name", String(repeating: "n", count: 101)], "name has at most"),
            ([String(repeating: "x", count: 256)], "topic's name"), ([""], "topic"), (["a\u{1}"], "topic's name"),
        ] as [([String], String)]
    )
    func notUnderstood(_ arguments: [String], _ reason: String) async throws {
        let server = try serve()
        let ending = try await ChorusProcess(["subscribe", "--url", try await server.url()] + arguments).end()
        #expect(ending.code == 64)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("chorus: "))
        #expect(ending.errors.components(separatedBy: reason).count == 2, "\(ending.errors)")
        #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
    }

    @Test("where nobody listens it is 69, in one line that names the place")
    func nobody() async throws {
        let ending = try await runChorus("subscribe", "news", "--url", "http://127.0.0.1:1")
        #expect(ending.code == 69)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("chorus: ") && ending.errors.contains("127.0.0.1:1"), "\(ending.errors)")
        #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
    }

    @Test(
        "a server that refuses is 77 if it does not let the client subscribe, and 69 if it cannot",
        arguments: [(401, 77), (403, 77), (404, 69), (500, 69), (503, 69), (302, 69)] as [(Int, Int32)]
    )
    func refused(_ status: Int, _ code: Int32) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Refusing(status: status))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = try #require(channel.localAddress?.port)
        let ending = try await runChorus("subscribe", "news", "--url", "http://127.0.0.1:\(port)")
        #expect(ending.code == code)
        #expect(ending.errors.contains("\(status)") && ending.errors.contains("No."), "\(ending.errors)")
        try await channel.close()
    }

    @Test("an API is not what it needs, and a server without one will do")
    func withoutAPI() async throws {
        let server = try serve("--no-api")
        let topic = TopicProbe("news", port: try await server.port())
        let client = try await topic.client()
        try await client.send("hi")
        try await client.expect("hi")
        let url = try await server.url()
        let ending = try await runChorus("subscribe", "news", "--last", "1", "--count", "1", "--url", url)
        #expect(ending.code == 0 && ending.output == "hi\n")
    }
}

/// Answers every request with one status.
private final class Refusing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let status: Int

    init(status: Int) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let head = "HTTP/1.1 \(status) Status\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + "No.\n")), promise: nil)
    }
}

@available(*, unavailable)
extension Refusing: Sendable {}

import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore

/// What the HTTP API answers.
struct APIAnswer: Sendable {
    let http: Reply
    /// The body; `nil` where it is no JSON.
    let json: JSON?

    init(_ http: Reply) {
        self.http = http
        self.json = try? JSON(parsing: http.body)
    }

    var status: Int { http.status }
    var result: JSON? { json?["result"] }
    var error: JSON? { json?["error"] }
    /// The error's code and what it says.
    var code: Int? { error?["code"]?.int }
    var message: String { error?["message"]?.string ?? "" }
}

/// Speaks to the HTTP API of a server, over one connection.
struct APIClient: Sendable {
    let client: RawClient

    /// The head of what a program of this machine sends.
    static let local = ["Host: localhost", "Content-Type: application/json"]
    /// The same, and errors are to be told by the HTTP status.
    static let transport = local + ["X-Centrifugo-Error-Mode: transport"]

    /// Asks, and reads the answer, whatever it is, but for one that the API's own description does not allow.
    ///
    /// - Parameter method: the API's method, and a query if there is one.
    func ask(
        _ method: String,
        _ body: ByteBuffer,
        headers: [String] = APIClient.local,
        verb: String = "POST"
    ) async throws -> APIAnswer {
        let head = ["\(verb) /api/\(method) HTTP/1.1"] + headers + ["Content-Length: \(body.readableBytes)"]
        var request = ByteBuffer(string: head.joined(separator: "\r\n") + "\r\n\r\n")
        request.writeImmutableBuffer(body)
        try await client.send(request)
        let answer = APIAnswer(try await client.reply(within: 20))
        if verb == "POST" { try APIContract.check(answer, to: String(method.prefix { $0 != "?" })) }
        return answer
    }

    func ask(
        _ method: String,
        _ body: String = "{}",
        headers: [String] = APIClient.local,
        verb: String = "POST"
    ) async throws -> APIAnswer {
        try await ask(method, ByteBuffer(string: body), headers: headers, verb: verb)
    }

    /// Asks for what has to succeed.
    @discardableResult
    func result(_ method: String, _ body: String = "{}") async throws -> JSON {
        let answer = try await ask(method, body)
        guard answer.status == 200, let result = answer.result else {
            throw TestFailure("\(method) \(body): \(answer.status) \(answer.http.body)")
        }
        return result
    }
}

extension TestServer {
    /// Connects to the HTTP API.
    func api() async throws -> APIClient { APIClient(client: try await raw()) }

    /// The epoch of a topic with history, as the HTTP API says it.
    func epoch(of topic: String) async throws -> JSON {
        .text("\(try await hub.history(of: try TopicName(topic), limit: 0).position.epoch)")
    }
}

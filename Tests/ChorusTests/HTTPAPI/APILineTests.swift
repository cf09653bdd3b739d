import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

/// The way of clients that are older than `/api/METHOD`.
@Suite("The HTTP API: commands, one a line")
struct APILineTests {
    private func ask(_ test: TestServer, _ body: String, _ headers: [String] = APIClient.local) async throws -> Reply {
        let head = (["POST /api HTTP/1.1"] + headers).joined(separator: "\r\n")
        return try await (try await test.raw()).ask("\(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private func answers(_ test: TestServer, _ body: String) async throws -> [JSON] {
        let reply = try await ask(test, body)
        #expect(reply.status == 200)
        #expect(reply.header("Content-Type") == "application/json")
        return try reply.body.split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test("commands are done one after the other, and each has its answer in a line, with its id")
    func commands() async throws {
        try await serveAPI { test, _ in
            let reader = try await test.client("/ws/kept:1")
            let lines = [
                #"{"id":1,"method":"publish","params":{"channel":"kept:1","data":"one"}}"#, "",
                #" {"id": 2, "method": "publish", "params": {"channel": "kept:1", "data": "two"}} "#,
                #"{"method":"history","params":{"channel":"kept:1","limit":1}}"#, #"{"id":4,"method":"info"}"#,
                #"{"id":5,"method":"publish","params":{"channel":"kept:1"}}"#, #"{"id":6,"method":"nothing"}"#,
                #"{"id":7}"#, "[]", #"{"id":-1,"method":"info"}"#, #"{"id":9,"method":"batch","params":{}}"#,
                #"{"id":10,"method":"publish","params":7}"#,
            ]
            let answers = try await answers(test, lines.joined(separator: "\n") + "\n")
            try #require(answers.count == 11)
            #expect(answers[0]["id"] == 1)
            #expect(answers[0]["result"]?["offset"] == 1)
            #expect(answers[1]["result"]?["offset"] == 2)
            #expect(answers[2]["id"] == nil)
            #expect(answers[2]["result"]?["publications"]?.elements.first?["data"] == "one")
            #expect(answers[3]["result"]?["nodes"]?.elements.count == 1)
            let codes = answers[4...].map { $0["error"]?["code"]?.int }
            #expect(codes == [107, 104, 107, 107, 107, 107, 107])
            #expect(answers[4...].map { $0["id"]?.int } == [5, 6, 7, nil, nil, 9, 10])
            try await reader.expect(["one", "two"])
        }
    }

    @Test("a line that is no JSON, none at all, or too many are 400, and nothing is done")
    func malformed() async throws {
        var limits = HTTPAPI.Limits()
        limits.listLength = 3
        try await serveAPI(limits: limits) { test, _ in
            let reader = try await test.client("/ws/room")
            let command = #"{"method":"publish","params":{"channel":"room","data":1}}"#
            for body in ["", "\n \n", "\(command)\n{", [String](repeating: command, count: 4).joined(separator: "\n")] {
                let reply = try await ask(test, body)
                #expect(reply.status == 400)
                #expect(try JSON(parsing: reply.body)["error"]?["code"] == 107)
            }
            try await reader.expectNothing()
        }
    }

    @Test("a key is needed here too, and only POST is a request")
    func guarded() async throws {
        try await serveAPI(access: .keys(["k"])) { test, _ in
            #expect(try await ask(test, "{}").status == 401)
            let old = ["Host: x", "Authorization: apikey k"]
            #expect(try await ask(test, #"{"method":"info"}"#, old).status == 200)
            let reply = try await (try await test.raw()).ask("GET /api HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(reply.status == 405)
            #expect(reply.header("Allow") == "POST")
        }
    }
}

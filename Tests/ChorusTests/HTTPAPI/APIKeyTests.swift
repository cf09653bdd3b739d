import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: keys")
struct APIKeyTests {
    private static let keys = ["one", "two+/=&%"]
    private static let body = #"{"channel":"room","data":"x"}"#

    /// What no program of this machine would send: with a key it does not matter where a request comes from.
    private static func headers(_ more: [String]) -> [String] {
        ["Host: example.com", "Origin: https://example.org", "Content-Type: text/plain"] + more
    }

    static let accepted: [(query: String, headers: [String])] = [
        ("", ["X-API-Key: one"]), ("", ["x-api-key:   two+/=&%  "]), ("", ["Authorization: apikey one"]),
        ("", ["authorization: APIKey  two+/=&%"]), ("?api_key=one", []),
        ("?x=1&api_key=two%2B%2F%3D%26%25&y", []),
        // the header counts before the others, and an authorization of another kind is none
        ("?api_key=wrong", ["X-API-Key: one", "Authorization: apikey wrong"]),
        ("?api_key=one", ["Authorization: Basic b25lOm9uZQ=="]),
    ]

    @Test("whoever has one of the keys may, by header, authorization or query", arguments: accepted)
    func accepts(_ query: String, _ headers: [String]) async throws {
        try await serveAPI(access: .keys(Self.keys)) { test, api in
            let reader = try await test.client("/ws/room")
            let answer = try await api.ask("publish\(query)", Self.body, headers: Self.headers(headers))
            #expect(answer.status == 200)
            #expect(answer.result == [:])
            try await reader.expect("x")
        }
    }

    static let refused: [(query: String, headers: [String])] = [
        ("", []), ("", ["X-API-Key: wrong"]), ("", ["X-API-Key:"]), ("", ["X-API-Key: One"]), ("", ["X-API-Key: one1"]),
        ("", ["X-API-Key: on"]), ("", ["X-API-Key: one,two+/=&%"]), ("", ["X-API-Key: one", "X-API-Key: two+/=&%"]),
        ("", ["Authorization: Bearer one"]), ("", ["Authorization: one"]), ("", ["Authorization: apikey"]),
        ("", ["Authorization: apikey wrong"]), ("?api_key=", []), ("?api_key=wrong", []), ("?api_key", []),
        ("?apikey=one", []), ("?api_key=two+/=", []),
        // a wrong header is not made good by the others
        ("", ["X-API-Key: wrong", "Authorization: apikey one"]),
    ]

    @Test("nobody else may: 401, and nothing is done", arguments: refused)
    func refuses(_ query: String, _ headers: [String]) async throws {
        try await serveAPI(access: .keys(Self.keys)) { test, api in
            let reader = try await test.client("/ws/room")
            let answer = try await api.ask("publish\(query)", Self.body, headers: Self.headers(headers))
            #expect(answer.status == 401)
            #expect(answer.json == nil)
            try await reader.expectNothing()
            // nor does anybody learn what there is
            let status = try await api.ask("nothing\(query)", "{", headers: Self.headers(headers)).status
            #expect(status == 401)
        }
    }

    @Test("no key gets into the log, however it is sent", arguments: accepted)
    func log(_ query: String, _ headers: [String]) async throws {
        let log = Recorder()
        try await serveAPI(access: .keys(["other"]), log: log) { test, api in
            let headers = Self.headers(headers)
            for body in [Self.body, "{"] { _ = try await api.ask("publish\(query)", body, headers: headers) }
            _ = try await api.ask("nothing\(query)", verb: "GET")
            // and in the middle of a request
            let client = try await test.raw()
            let head = (["POST /api/publish\(query) HTTP/1.1"] + headers).joined(separator: "\r\n")
            try await client.send("\(head)\r\nContent-Length: 9\r\n\r\n{")
            try await client.reset()
            try await test.expectConnections(1)
        }
        #expect(log.lines.contains { $0.message == "refused a request to the API" })
        for line in log.lines {
            let text = "\(line.message) \(line.metadata)"
            #expect(!text.contains("one") && !text.contains("two") && !text.contains("api_key"), "\(text)")
        }
    }

    @Test("without a key in the list nobody may, however it is asked", arguments: [[], [""], ["", ""]] as [[String]])
    func noKeys(_ keys: [String]) async throws {
        try await serveAPI(access: .keys(keys)) { _, api in
            for headers in [[], ["X-API-Key:"], ["X-API-Key: x"], ["Authorization: apikey "]] {
                let answer = try await api.ask("info", headers: APIClient.local + headers)
                #expect(answer.status == 401)
            }
            let status = try await api.ask("info?api_key=").status
            #expect(status == 401)
        }
    }

    @Test("a body that nobody may send is not read to its end")
    func largeBody() async throws {
        try await serveAPI(access: .keys(Self.keys)) { test, _ in
            let client = try await test.raw()
            try await client.send("POST /api/publish HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n{")
            #expect(try await client.reply().status == 401)
        }
    }
}

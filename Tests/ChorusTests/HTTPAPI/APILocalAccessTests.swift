import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

/// Without keys: programs of this machine may, and no web page of anybody else.
@Suite("The HTTP API: local access")
struct APILocalAccessTests {
    private static let json = "Content-Type: application/json"

    static let accepted: [[String]] = [
        ["Host: localhost", json], ["Host: localhost:8000", json], ["Host: LOCALHOST", json],
        ["Host: 127.0.0.1", json],
        ["Host: 127.1.2.3:80", json], ["Host: [::1]:8000", json], ["Host: app.localhost:8000", json],
        ["Host: localhost", "Content-Type: application/json; charset=utf-8"],
        ["Host: localhost", "Content-Type:  Application/JSON ;x"],
        // a page of this server, as the console of the browser has it
        ["Host: localhost:8000", "Origin: http://localhost:8000", json],
        ["Host: localhost", "Origin: http://localhost", json],
        ["Host: localhost", "Origin: https://localhost:443", json],
    ]

    @Test("a program of this machine may, and a page of this server", arguments: accepted)
    func accepts(_ headers: [String]) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let answer = try await api.ask("publish", #"{"channel":"room","data":"x"}"#, headers: headers)
            #expect(answer.status == 200)
            try await reader.expect("x")
        }
    }

    static let refused: [(status: Int, headers: [String])] = [
        // a name that somebody makes lead to this machine is none of it
        (403, ["Host: example.com", json]), (403, ["Host: localhost.example.com", json]),
        (403, ["Host: 127.0.0.1.nip.io:8000", json]), (403, ["Host: notlocalhost", json]),
        (403, ["Host: 192.168.1.5", json]), (403, ["Host: 0.0.0.0", json]), (403, ["Host: [::2]", json]),
        // pages of others
        (403, ["Host: localhost:8000", "Origin: https://example.com", json]),
        (403, ["Host: localhost:8000", "Origin: http://localhost:3000", json]),
        (403, ["Host: localhost:8000", "Origin: http://localhost", json]),
        (403, ["Host: localhost:8000", "Origin: http://127.0.0.1:8000", json]),
        (403, ["Host: localhost:8000", "Origin: null", json]),
        (403, ["Host: localhost:8000", "Origin: http://localhost:8000", "Origin: https://example.com", json]),
        (403, ["Host: example.com", "Origin: http://example.com", json]),
        // what a page may send anywhere without asking first
        (415, ["Host: localhost"]), (415, ["Host: localhost", "Content-Type: text/plain"]),
        (415, ["Host: localhost", "Content-Type: text/plain; application/json"]),
        (415, ["Host: localhost", "Content-Type: application/x-www-form-urlencoded"]),
        (415, ["Host: localhost", "Content-Type: multipart/form-data; boundary=application/json"]),
        (415, ["Host: localhost", "Content-Type: application/jsonp"]), (415, ["Host: localhost", "Content-Type:"]),
    ]

    @Test("nothing that a page of somebody else can send is done", arguments: refused)
    func refuses(_ status: Int, _ headers: [String]) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let answer = try await api.ask("publish", #"{"channel":"room","data":"x"}"#, headers: headers)
            #expect(answer.status == status)
            #expect(answer.http.body.hasSuffix(".\n"))
            #expect(answer.http.header("Access-Control-Allow-Origin") == nil)
            try await reader.expectNothing()
            // nor does it learn what there is
            #expect(try await api.ask("nothing", headers: headers).status == status)
        }
    }

    @Test("a browser that asks whether a page may is not told that it may")
    func preflight() async throws {
        try await serveAPI { _, api in
            let answer = try await api.ask(
                "publish",
                "",
                headers: [
                    "Host: localhost:8000", "Origin: https://example.com", "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: content-type",
                ],
                verb: "OPTIONS"
            )
            #expect(answer.status >= 400)
            #expect(answer.http.head.lowercased().contains("access-control") == false)
        }
    }

    @Test("a key that nobody has asked for is of no use")
    func needlessKey() async throws {
        try await serveAPI { _, api in
            let headers = ["Host: example.com", Self.json, "X-API-Key: x", "Authorization: apikey x"]
            let status = try await api.ask("info?api_key=x", headers: headers).status
            #expect(status == 403)
        }
    }
}

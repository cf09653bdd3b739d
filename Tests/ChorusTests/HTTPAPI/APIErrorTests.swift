import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Hummingbird
import Testing

@Suite("The HTTP API: errors")
struct APIErrorTests {
    /// A request, its code, and the status that tells it where errors are told by that.
    static let errors: [(method: String, body: String, code: Int, status: Int)] = [
        ("publish", "{}", 107, 400), ("publish", #"{"channel":"a"}"#, 107, 400),
        ("history", #"{"channel":"a","limit":1}"#, 108, 400), ("presence", #"{"channel":"a"}"#, 108, 400),
        ("history", #"{"channel":"kept:1","since":{"offset":1,"epoch":"x"}}"#, 112, 416),
    ]

    @Test("errors are 200 and an error, or the status and the bare error where that is asked for", arguments: errors)
    func modes(_ method: String, _ body: String, _ code: Int, _ status: Int) async throws {
        try await serveAPI { _, api in
            let answer = try await api.ask(method, body)
            #expect(answer.status == 200)
            #expect(answer.json?.fields.keys.sorted() == ["error"])
            #expect(answer.code == code)
            #expect(!answer.message.isEmpty)
            #expect(answer.http.header("Content-Type") == "application/json")
            for mode in ["transport", "Transport"] {
                let headers = APIClient.local + ["x-centrifugo-error-mode: \(mode)"]
                let other = try await api.ask(method, body, headers: headers)
                #expect(other.status == status)
                #expect(other.json == answer.error)
                #expect(other.http.header("Content-Type") == "application/json")
                #expect(other.http.header("Retry-After") == nil)
            }
            let unknown = try await api.ask(method, body, headers: APIClient.local + ["X-Centrifugo-Error-Mode: x"])
            #expect(unknown.json == answer.json && unknown.status == 200)
        }
    }

    /// A request that is wrong as such, and the status that says so in every mode.
    static let unreadable: [(method: String, body: String, code: Int, status: Int)] = [
        ("publish", "{", 107, 400), ("publish", "[]", 107, 400),
        ("publish", String(repeating: " ", count: 1001), 107, 413),
        ("nothing", "{}", 104, 404),
    ]

    @Test("what is wrong with the request as such is told by the status in both modes", arguments: unreadable)
    func malformed(_ method: String, _ body: String, _ code: Int, _ status: Int) async throws {
        var limits = HTTPAPI.Limits()
        limits.bodySize = 1000
        try await serveAPI(limits: limits) { test, _ in
            let answer = try await (try await test.api()).ask(method, body)
            #expect(answer.status == status)
            #expect(answer.code == code)
            let other = try await (try await test.api()).ask(method, body, headers: APIClient.transport)
            #expect(other.status == status)
            #expect(other.json == answer.error)
        }
    }

    static let internalErrors = [
        ("publish", #"{"channel":"kept:1","data":1}"#), ("broadcast", #"{"channels":["kept:1"],"data":1}"#),
        ("history", #"{"channel":"kept:1"}"#), ("batch", #"{"commands":[{"publish":{"channel":"kept:1","data":1}}]}"#),
    ]

    @Test(
        "what the server is to blame for is 100, and in its log once a minute; to the client nothing of it is said",
        arguments: internalErrors
    )
    func internalError(_ method: String, _ body: String) async throws {
        let broker = FailingBroker()
        let log = Recorder()
        let hub = Hub(configuration: .init(namespaces: [Namespace("kept", history: .last(10))]), broker: broker)
        try await serveAPI(hub: hub, log: log) { _, api in
            broker.fail(.invalidConfiguration)
            for _ in 0..<3 {
                let text = "\(try await api.ask(method, body).json ?? .null)"
                #expect(text.contains("internal server error") && !text.contains("store"), "\(text)")
            }
        }
        let failures = log.lines.filter { $0.message == "the API failed" }
        #expect(failures.count == 1, "\(log.lines)")
        #expect("\(failures.first?.metadata ?? [:])".contains("the store has failed"))
    }

    @Test("a server may tell errors by the status without being asked to")
    func transportByDefault() async throws {
        try await serveAPI(errorMode: .transport) { _, api in
            let answer = try await api.ask("publish", "{}")
            #expect(answer.status == 400)
            #expect(answer.json?["code"] == 107)
            let batch = try await api.ask("batch", #"{"commands":[{"publish":{}}]}"#)
            #expect(batch.status == 200)
            #expect(batch.json?["replies"]?.elements.first?["error"]?["code"] == 107)
            #expect(try await api.ask("publish", #"{"channel":"a","data":1}"#).json == ["result": [:]])
        }
    }

    @Test("what succeeds is told alike in both modes")
    func success() async throws {
        try await serveAPI { _, api in
            let answer = try await api.ask("publish", #"{"channel":"a","data":1}"#, headers: APIClient.transport)
            #expect(answer.status == 200)
            #expect(answer.json == ["result": [:]])
            #expect(answer.http.header("Content-Type") == "application/json")
        }
    }

    @Test(
        "a method that there is not is 404 and 104",
        arguments: ["nothing", "map_publish", "Publish", "openapi.json"]
    )
    func unknownMethod(_ method: String) async throws {
        try await serveAPI { _, api in
            for body in ["{}", "no JSON", ""] {
                let answer = try await api.ask(method, body)
                #expect(answer.status == 404)
                #expect(answer.code == 104)
            }
        }
    }

    @Test("only POST is a request", arguments: ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
    func verbs(_ verb: String) async throws {
        try await serveAPI { test, _ in
            let reader = try await test.client("/ws/room")
            for method in ["publish", "info"] {
                let body = #"{"channel":"room","data":"x"}"#
                let answer = try await (try await test.api()).ask(method, body, verb: verb)
                #expect(answer.status == 405)
                #expect(answer.http.header("Allow") == "POST")
            }
            try await reader.expectNothing()
        }
    }

    @Test("it stands at the path that the program has chosen, and nowhere else")
    func path() async throws {
        let hub = Hub()
        let router = Router(context: BasicRequestContext.self)
        HTTPAPI(hub: hub, access: .local, name: "here").addRoutes(to: router, at: "/internal/v1")
        try await serve(hub: hub, router: router) { test in
            let client = try await test.raw()
            let head = "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            #expect(try await client.ask("POST /api/info HTTP/1.1\r\n\(head)").status == 404)
            let answer = APIAnswer(try await client.ask("POST /internal/v1/info HTTP/1.1\r\n\(head)"))
            #expect(answer.result?["nodes"]?.elements.first?["name"] == "here")
        }
    }
}

import ChorusTesting
import Foundation  // an independent parser of JSON
import Testing

@Suite("chorus bench as a command")
struct BenchCommandTests {
    @Test("against chorus serve: everything arrives, and the server's time and memory are known on Linux")
    func flawless() async throws {
        let server = try serve()
        let url = try await server.url()
        let ending = try await runChorus("bench", "--url", url, "-n", "20", "--messages", "500", "--json")
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.errors.isEmpty)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
        #expect(report["deliveries"] as? Int == 10_000)
        #expect(report["url"] as? String == "ws" + url.dropFirst(4) + "/ws/{topic}")
        #if os(Linux)
        let used = try #require(report["server"] as? [String: Any])
        #expect((used["pids"] as? [Int])?.count == 1)
        #expect((used["memory_max_bytes"] as? Int ?? 0) > 1_000_000)
        #endif
    }

    @Test("the environment says where the server is, and people are told in lines")
    func environment() async throws {
        let server = try serve()
        let shell = #"CHORUS_URL=\#(try await server.url())/ exec "$0" "$@""#
        let arguments = ["bench", "-n", "5", "--topics", "2", "--messages", "10", "--rate", "100"]
        let ending = try await ChorusProcess(arguments, shell: shell).end()
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.lines.first?.hasPrefix("connections  2 topics, 5 in ") == true, "\(ending.output)")
        #expect(ending.output.contains("delivered    25 in "))
        #expect(ending.output.contains("p99.99 "))
        #expect(ending.lines.suffix(3) == ["lost         0", "out of order 0", "duplicates   0"])
    }

    @Test("Ctrl-C ends it with what was measured")
    func interrupted() async throws {
        let server = try serve()
        let url = try await server.url()
        let bench = try ChorusProcess([
            "bench", "--url", url, "-n", "3", "--rate", "100", "--duration", "600", "--json",
        ])
        let subscriber = try ChorusProcess(["subscribe", "bench", "--url", url, "--count", "20"])
        #expect(try await subscriber.end().code == 0)
        bench.signal(SIGINT)
        let ending = try await bench.end()
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.output.contains(#""interrupted":true"#))
        #expect(!ending.output.contains(#""published":0,"#))
    }

    @Test("on a terminal it shows how far it is, and takes it away in the end; in a pipe it says nothing")
    func progress() async throws {
        let server = try serve()
        let arguments = ["bench", "--url", try await server.url(), "-n", "3", "--rate", "50", "--duration", "1.5"]
        let terminal = try Terminal()
        let shell = #"unset NO_COLOR; export TERM=xterm; exec "$0" "$@" 2>\#(terminal.path)"#
        let ending = try await ChorusProcess(arguments, shell: shell).end()
        #expect(ending.code == 0)
        let shown = try await terminal.whole()
        #expect(shown.contains(#/\x1B\[K1 of 1 s, published \d+ a second, delivered \d+ a second/#), "\(shown)")
        #expect(shown.hasSuffix("\r\u{1B}[K"))
        #expect(!ending.output.contains("\u{1B}"))
        #expect(try await ChorusProcess(arguments).end().errors.isEmpty)
    }

    @Test("a server that ends is 1, with what was measured")
    func serverEnds() async throws {
        let server = try serve("--drain-time", "0.1")
        let url = try await server.url()
        let bench = try ChorusProcess(["bench", "--url", url, "-n", "3", "--rate", "100", "--duration", "600"])
        let subscriber = try ChorusProcess(["subscribe", "bench", "--url", url, "--count", "20"])
        #expect(try await subscriber.end().code == 0)
        server.signal(SIGTERM)
        let ending = try await bench.end()
        #expect(ending.code == 1)
        #expect(ending.output.contains(#/ended early  [1-3] connection/#), "\(ending.output)")
    }

    @Test(
        "what cannot be is 64 and named, in one line where it is nothing that the parser says",
        arguments: [
            (["--rate", "0"], "--rate"), (["--rate", "1e-11"], "--rate"),
            (["--connect-rate", "1e-11"], "--connect-rate"),
            (["--topics", "3", "--url", "ws://127.0.0.1:1/ws"], "--topics"), (["--header", "X"], "--header"),
            (["--warm-up", "x"], "--warm-up"), (["--publish-url", "nowhere"], "--publish-url"),
            (["--url", "ftp://127.0.0.1/"], "scheme"), (["--url", ""], "--url"),
            (["--connections", "100000000"], "--connections"),
        ]
    )
    func usage(_ arguments: [String], _ text: String) async throws {
        let ending = try await ChorusProcess(["bench"] + arguments).end()
        #expect(ending.code == 64, "\(ending.errors)")
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains(text), "\(ending.errors)")
    }

    @Test("where nobody listens, nothing is relayed or nobody is let in, it is 69 or 77 in one line")
    func unavailable() async throws {
        let server = try serve("--max-connections", "5")
        let url = try await server.url()
        for (arguments, code, text) in [
            (["--url", "ws://127.0.0.1:1/"], 69, "nobody listens at ws://127.0.0.1:1/"),
            (["--url", "ws" + url.dropFirst(4) + "/nothing", "-n", "1"], 69, "the server answered 404"),
            (["--url", url, "-n", "9", "--connect-rate", "50"], 69, "after 5 of 9 connections: the server"),
            (["--url", url, "-n", "2", "--pid", "2147483647"], 64, "there is no process 2147483647"),
        ] {
            let ending = try await ChorusProcess(["bench"] + arguments).end()
            #expect(ending.code == Int32(code), "\(ending.errors)")
            #expect(ending.output.isEmpty)
            #expect(ending.errors.hasPrefix("chorus: "))
            #expect(ending.errors.contains(text), "\(ending.errors)")
            #expect(ending.errors.filter { $0 == "\n" }.count == 1)
        }
    }
}

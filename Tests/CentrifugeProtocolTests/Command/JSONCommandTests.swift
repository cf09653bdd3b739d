import CentrifugeProtocol
import NIOCore
import Testing

@Suite("Commands in JSON")
struct JSONCommandTests {
    private func request(_ json: String) throws -> Request? {
        try commands(ByteBuffer(string: json), .json).first?.request
    }

    @Test(
        "what is not a command is refused",
        arguments: [
            "{", "[]", "null", "1", #""a""#, "{} {}", "{}{}", #"{"id":1"#, #"{"id":1,}"#, #"{id:1}"#, "x",
            "\u{FEFF}{}",
            // of another type
            #"{"id":"1"}"#, #"{"id":1.0}"#, #"{"id":1e3}"#, #"{"id":-1}"#, #"{"id":4294967296}"#, #"{"id":true}"#,
            #"{"connect":1}"#, #"{"connect":[]}"#, #"{"connect":{"token":1}}"#, #"{"connect":{"subs":[]}}"#,
            #"{"connect":{"subs":{"a":1}}}"#, #"{"connect":{"subs":{"a":{"offset":"1"}}}}"#,
            #"{"connect":{"headers":{"a":1}}}"#, #"{"connect":{"headers":{"a":null}}}"#,
            #"{"connect":{"flag":9223372036854775808}}"#, #"{"ping":1}"#,
            #"{"subscribe":{"channel":null,"recover":1}}"#,
            #"{"subscribe":{"recover":"true"}}"#, #"{"subscribe":{"offset":-1}}"#,
            #"{"subscribe":{"offset":18446744073709551616}}"#, #"{"subscribe":{"tf":"a"}}"#,
            #"{"subscribe":{"type":2147483648}}"#, #"{"unsubscribe":{"channel":{}}}"#, #"{"publish":{"key":0}}"#,
            #"{"presence":{"channel":1}}"#, #"{"presence_stats":"a"}"#, #"{"history":{"since":1}}"#,
            #"{"history":{"since":{"epoch":1}}}"#, #"{"history":{"limit":2147483648}}"#, #"{"send":1}"#,
            #"{"rpc":{"method":1}}"#, #"{"refresh":{"token":false}}"#, #"{"sub_refresh":{"type":""}}"#,
            // payloads are checked too
            #"{"publish":{"channel":"c","data":{a:1}}}"#, #"{"publish":{"channel":"c","data":}}"#,
            #"{"send":{"data":01}}"#,
        ]
    )
    func malformed(_ json: String) { #expect(violation(ByteBuffer(string: json), .json) != nil) }

    @Test("text that is not UTF-8 is refused, and nesting beyond 128")
    func hostile() {
        let broken = ByteBuffer(bytes: Array(#"{"publish":{"channel":""#.utf8) + [0xFF] + Array(#""}}"#.utf8))
        #expect(violation(broken, .json) != nil)
        let deep = String(repeating: "[", count: 1 << 16)
        #expect(violation(ByteBuffer(string: #"{"send":{"data":"# + deep), .json) != nil)
        #expect(violation(ByteBuffer(string: "{\"send\":\n{}}"), .json) != nil)
    }

    @Test("why a frame is refused tells nothing that was in it")
    func reasons() {
        let reason = violation(#"{"connect":{"token":1,"headers":{"Cookie":"secret"}}}"#, .json)?.reason
        #expect(reason == "token is not a string")
        #expect(violation(#"{"id":"secret"}"#, .json)?.reason == "id is not a whole number from 0 to 4294967295")
        #expect(violation(#"{"a":"secret"#, .json)?.reason == "not JSON: a string does not end at byte 12")
        let header = violation(#"{"connect":{"headers":{"secret":1}}}"#, .json)
        #expect(header?.reason == "a value of headers is not a string")
    }

    @Test("fields that are not known are passed over")
    func unknown() throws {
        #expect(try request(#"{"new":[{"a":1}],"presence":{"channel":"c","more":{}}}"#) == .presence(channel: "c"))
        #expect(try request(#"{"Connect":{},"method":"publish","params":{}}"#) == .empty)
    }

    @Test("null is a field that is not there, but a payload")
    func null() throws {
        #expect(try request(#"{"id":null,"connect":null,"presence":{"channel":null}}"#) == .presence(channel: ""))
        #expect(
            try request(#"{"subscribe":{"channel":"c","tf":null,"data":null}}"#)
                == .subscribe(SubscribeRequest(channel: "c", data: "null"))
        )
        #expect(try request(#"{"connect":{"subs":null,"headers":null,"flag":null}}"#) == .connect(ConnectRequest()))
        #expect(try request(#"{"history":{"since":null,"reverse":null}}"#) == .history(HistoryRequest()))
        #expect(try request(#"{"publish":{"channel":"c"}}"#) == .publish(PublishRequest(channel: "c")))
    }

    @Test("of fields with one name the last counts")
    func duplicates() throws {
        #expect(try request(#"{"presence":{"channel":"a","channel":"b"}}"#) == .presence(channel: "b"))
        #expect(try request(#"{"presence":{"channel":1},"presence":{"channel":"b"}}"#) == .presence(channel: "b"))
        #expect(try request(#"{"presence":{"channel":"a"},"presence":null}"#) == .empty)
        #expect(try request(#"{"send":{"data":1,"data":2}}"#) == .send("2"))
        #expect(
            try request(#"{"connect":{"headers":{"a":"1","a":"2"}}}"#)
                == .connect(ConnectRequest(headers: ["a": "2"]))
        )
    }

    @Test("names and values are unescaped, payloads are not")
    func escapes() throws {
        let escaped = #"{"pre\u0073ence":{"channel":"\u00e9\n\"\ud83d\ude00"}}"#
        #expect(try request(escaped) == .presence(channel: "é\n\"😀"))
        #expect(try request(#"{"send":{"data":"\u00e9 \/"}}"#) == .send(#""\u00e9 \/""#))
        #expect(try request(#"{"send":{"data":1.50e1}}"#) == .send("1.50e1"))
    }

    @Test("white space goes from a payload only where it would break a line")
    func space() throws {
        #expect(try request(" { \"send\" : { \"data\" : { \"a\" : [1,\t2] } } } ") == .send("{ \"a\" : [1,\t2] }"))
        #expect(try request("{\"send\":{\"data\":{ \"a b\":\r[1, 2] }}}") == .send(#"{"a b":[1,2]}"#))
    }

    @Test("numbers reach to their ends")
    func numbers() throws {
        let subscribe =
            #"{"id":4294967295,"subscribe":{"offset":18446744073709551615,"flag":-9223372036854775808,"#
            + #""type":-2147483648}}"#
        let expected = SubscribeRequest(offset: .max, flag: .min, type: .min)
        #expect(
            try commands(ByteBuffer(string: subscribe), .json)
                == [Command(id: .max, request: .subscribe(expected))]
        )
    }
}

import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("The HTTP API: requests, good and bad")
struct APIInputTests {
    private static let good = #"{"channel":"room","data":"good"}"#

    @Test(
        "fields that nobody knows are passed over, null is as missing, and of several with one name the last counts",
        arguments: [
            #"{"channel":"room","data":"good","delta":true,"x":{"y":[1,{}]},"":0,"Data":"no"}"#,
            #"{"channel":"room","data":"good","b64data":null,"key":null,"tags":null,"skip_history":null,"version":null}"#,
            #"{"channel":"room","data":"good","idempotency_key":null,"version_epoch":null}"#,
            #"{"channel":"nowhere","data":"no","channel":"room","data":"good"}"#,
            #"{"channel":7,"data":"good","channel":"room"}"#,
            #"{"tags":7,"tags":{"a":"1"},"channel":"room","data":"good"}"#,
            #"{"channel":"room","b64data":"AP8H","b64data":"","data":"good"}"#,
            " \r\n\t{ \"channel\" : \"room\" , \"data\" : \"good\" } \n",
        ]
    )
    func tolerant(_ body: String) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            try await api.result("publish", body)
            try await reader.expect("good")
        }
    }

    @Test(
        "a body that is no JSON object is 400 and 107",
        arguments: [
            "{", "[]", "7", "null", #""text""#, "true", "nonsense", " ", #"{"channel":"room","data":"x",}"#,
            #"{"channel":"room","data":"x"}}"#, #"{"channel":"room","data":"x"}{}"#, #"{'channel':'room','data':'x'}"#,
            #"{"channel":"room","data":NaN}"#, #"{"channel":"room","data":01}"#, #"{"channel":"room","data":"\x"}"#,
            "{\"channel\":\"room\",\"data\":\"a\nb\"}", "\u{FEFF}{}", "channel=room&data=x",
        ]
    )
    func malformed(_ body: String) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            for method in ["publish", "broadcast", "info", "batch"] {
                let answer = try await api.ask(method, body)
                #expect(answer.status == 400, "\(method)")
                #expect(answer.code == 107)
                #expect(answer.message.hasPrefix("bad request"))
            }
            // the connection is as good as before
            try await api.result("publish", Self.good)
            try await reader.expect("good")
        }
    }

    @Test(
        "a body that is not UTF-8 is 400",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]]
    )
    func notUTF8(_ bytes: [UInt8]) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            var body = ByteBuffer(string: #"{"channel":"room","data":""#)
            body.writeBytes(bytes)
            body.writeString(#""}"#)
            let answer = try await api.ask("publish", body)
            #expect(answer.status == 400)
            #expect(answer.message.contains("UTF-8"))
            try await api.result("publish", Self.good)
            try await reader.expect("good")
        }
    }

    /// A method, a body that is wrong, and the field that is.
    static let wrong: [(method: String, body: String, field: String)] = [
        ("publish", #"{"data":1}"#, "channel"), ("publish", #"{"channel":null,"data":1}"#, "channel"),
        ("publish", #"{"channel":7,"data":1}"#, "channel"), ("publish", #"{"channel":["a"],"data":1}"#, "channel"),
        ("publish", #"{"channel":"a"}"#, "data"), ("publish", #"{"channel":"a","b64data":"?"}"#, "b64data"),
        ("publish", #"{"channel":"a","b64data":7}"#, "b64data"),
        ("publish", #"{"channel":"a","data":1,"key":7}"#, "key"),
        ("publish", #"{"channel":"a","data":1,"tags":[]}"#, "tags"),
        ("publish", #"{"channel":"a","data":1,"tags":{"a":"b","c":1}}"#, "tags"),
        ("publish", #"{"channel":"a","data":1,"tags":{"a":null}}"#, "tags"),
        ("publish", #"{"channel":"a","data":1,"skip_history":"true"}"#, "skip_history"),
        ("publish", #"{"channel":"a","data":1,"delta":"true"}"#, "delta"),
        ("publish", #"{"channel":"a","data":1,"idempotency_key":7}"#, "idempotency_key"),
        ("publish", #"{"channel":"a","data":1,"version":"1"}"#, "version"),
        ("publish", #"{"channel":"a","data":1,"version":-1}"#, "version"),
        ("publish", #"{"channel":"a","data":1,"version":1.5}"#, "version"),
        ("publish", #"{"channel":"a","data":1,"version":18446744073709551616}"#, "version"),
        ("publish", #"{"channel":"a","data":1,"version":1,"version_epoch":1}"#, "version_epoch"),
        ("broadcast", #"{"channels":"a","data":1}"#, "channels"), ("broadcast", #"{"channels":["a"]}"#, "data"),
        ("history", "{}", "channel"), ("history", #"{"channel":"kept:1","limit":"1"}"#, "limit"),
        ("history", #"{"channel":"kept:1","limit":2147483648}"#, "limit"),
        ("history", #"{"channel":"kept:1","since":7}"#, "since"),
        ("history", #"{"channel":"kept:1","since":{"offset":"1","epoch":"1"}}"#, "offset"),
        ("history", #"{"channel":"kept:1","since":{"offset":1,"epoch":1}}"#, "epoch"),
        ("history", #"{"channel":"kept:1","reverse":1}"#, "reverse"),
        ("presence", "{}", "channel"), ("presence_stats", #"{"channel":{}}"#, "channel"),
        ("batch", #"{"commands":{}}"#, "commands"), ("batch", #"{"commands":[],"parallel":"yes"}"#, "parallel"),
    ]

    @Test("what has the wrong type is 107, and which field it is is said", arguments: wrong)
    func wrongType(_ method: String, _ body: String, _ field: String) async throws {
        try await serveAPI { _, api in
            let answer = try await api.ask(method, body)
            #expect(answer.status == 200)
            #expect(answer.code == 107)
            #expect(answer.message.hasPrefix("bad request: \(field) "), "\(answer.message)")
        }
    }

    @Test("128 arrays and objects deep is deep enough, deeper is 400")
    func depth() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            func body(_ depth: Int) -> String {
                let data = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
                return #"{"channel":"room","data":\#(data)}"#
            }
            // the request is one of them
            try await api.result("publish", body(127))
            let text = try #require(try await reader.next().text)
            #expect(text == String(repeating: "[", count: 127) + String(repeating: "]", count: 127))
            #expect(try await api.ask("publish", body(128)).status == 400)
            for open in ["[", #"{"a":"#] {
                #expect(try await api.ask("publish", String(repeating: open, count: 1 << 20)).status == 400)
            }
            try await reader.expectNothing()
        }
    }
}

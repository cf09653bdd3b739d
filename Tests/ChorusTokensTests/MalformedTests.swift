import Chorus
import ChorusTokens
import Testing

@Suite("What is no token")
struct MalformedTests {
    private static let header = base64URL(#"{"alg":"HS256"}"#.utf8)

    private static let texts: [String] = [
        "", ".", "..", "...", "token", "a.b", "a.b.c.d", "a.b.c.d.e", "\(header).e30", "\(header).e30.AAAA.AAAA",
        // not base64url
        "\(header).e30=.AAAA", "\(header).e3 0.AAAA", "\(header).e30.AA+A", "\(header).e30.AA/A", "\(header).e30.AA==",
        "\(header).e30.AAAA\n", " \(header).e30.AAAA", "\(header).e30.ä", "Bearer \(header).e30.AAAA",
        "\(header).e.AAAA",
        // no JSON object
        "\(base64URL("[]".utf8)).e30.AAAA", "\(base64URL("{".utf8)).e30.AAAA", "\(header).\(base64URL("1".utf8)).AAAA",
        "\(header).\(base64URL("{} {}".utf8)).AAAA", "\(header).\(base64URL([0xFF, 0xFE])).AAAA", "\(header)..AAAA",
        "\(header).\(base64URL(#"{"a":\#(String(repeating: "[", count: 5000))"#.utf8)).AAAA",
    ]

    @Test("is refused as that, in one sentence that does not repeat it", arguments: texts)
    func refused(_ text: String) async throws {
        let found = await refusal(try await makeVerifier(), text)
        #expect(found?.code == .malformed)
        #expect(found?.message.contains(Self.header) == false)
        #expect(await subscriptionRefusal(try await makeVerifier(), text)?.code == .malformed)
    }

    @Test(
        "a header that does not say how it is signed, or asks for what there is not",
        arguments: [
            "{}", #"{"alg":null}"#, #"{"alg":1}"#, #"{"alg":["HS256"]}"#, #"{"alg":"HS256","kid":1}"#,
            #"{"alg":"HS256","kid":null}"#, #"{"alg":"HS256","crit":["exp"]}"#,
            #"{"alg":"HS256","crit":[],"b64":false}"#,
        ]
    )
    func headers(_ header: String) async throws {
        let token = try Signer.hs256().token("{}", wholeHeader: header)
        #expect(await refusal(try await makeVerifier(), token)?.code == .malformed)
    }

    @Test("a token may be as long as is said, and no longer")
    func size() async throws {
        let token = try Signer.hs256().token(#"{"meta":"\#(String(repeating: "x", count: 1000))"}"#)
        #expect(await refusal(try await makeVerifier { $0.maximumSize = token.utf8.count }, token) == nil)
        let tight = try await makeVerifier { $0.maximumSize = token.utf8.count - 1 }
        #expect(await refusal(tight, token)?.code == .malformed)
        let long = try Signer.hs256().token(#"{"meta":"\#(String(repeating: "x", count: 100_000))"}"#)
        #expect(await refusal(try await makeVerifier(), long)?.code == .malformed)
    }
}

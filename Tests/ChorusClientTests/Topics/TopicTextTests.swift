import ChorusClient
import NIOCore
import Testing
import WebSocketWire

@Suite("What stands in the URL of a topic, and what a server's answer means")
struct TopicTextTests {
    @Test("a position is EPOCH:OFFSET, and nothing else is", arguments: ["0:0", "7:2", "18446744073709551615:1"])
    func position(_ text: String) throws {
        let position = try #require(TopicPosition(text))
        #expect(position.description == text)
        #expect(position == TopicPosition(epoch: position.epoch, offset: position.offset))
        #expect(position != TopicPosition(epoch: position.epoch, offset: position.offset + 1))
    }

    @Test(
        "what is no position is none",
        arguments: [
            "", ":", "7", "7:", ":2", "7:2:3", "a:b", "-1:2", "+7:2", " 7:2", "7:2 ", "7:0x2", "7:2\n", "٧:٢",
            "18446744073709551616:1",
        ]
    )
    func noPosition(_ text: String) {
        #expect(TopicPosition(text) == nil)
    }

    @Test(
        "everything but letters, digits and -._~ is percent-encoded, byte by byte",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("chat:lobby", "chat%3Alobby"), ("100%", "100%25"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"),
            ("\u{0}\u{7F}", "%00%7F"), ("+&=", "%2B%26%3D"),
        ]
    )
    func encoding(_ plain: String, _ encoded: String) {
        #expect(plain.percentEncoded == encoded)
    }

    @Test("a close code says whether coming back is of use")
    func closeCodes() {
        let temporary: [UInt16] = [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 4010]
        for code in temporary { #expect(WebSocketCloseCode(rawValue: code).allowsReturn, "\(code)") }
        let final: [UInt16] = [1002, 1003, 1007, 1008, 1009, 1010, 2999, 3000, 3999, 4000, 4503, 4999]
        for code in final { #expect(!WebSocketCloseCode(rawValue: code).allowsReturn, "\(code)") }
    }

    @Test("so does a status")
    func statuses() {
        func error(_ status: Int) -> WebSocketClientError {
            .handshake(HandshakeRefusal(status: status, reason: ""), received: ByteBuffer())
        }
        for status in [408, 425, 429, 500, 502, 503, 504] { #expect(error(status).isTemporary, "\(status)") }
        for status in [200, 301, 302, 400, 401, 403, 404, 426] { #expect(!error(status).isTemporary, "\(status)") }
    }

    @Test("and so does an error")
    func errors() {
        let temporary: [WebSocketClientError.Code] = [.connectionRefused, .cannotConnect, .timedOut, .connectionClosed]
        for code in temporary { #expect(WebSocketClientError(code, "").isTemporary, "\(code)") }
        for code in [WebSocketClientError.Code.invalidURL, .invalidConfiguration, .cancelled] {
            #expect(!WebSocketClientError(code, "").isTemporary, "\(code)")
        }
    }
}

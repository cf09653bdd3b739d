import NIOCore
import WebSocketWire

/// What the benchmarks work on.
enum Samples {
    /// ASCII of `size` bytes.
    static func text(_ size: Int) -> ByteBuffer {
        let words = Array("the quick brown fox jumps over the lazy dog and runs on; ".utf8)
        return ByteBuffer(bytes: (0..<size).map { words[$0 % words.count] })
    }

    /// About `size` bytes of characters of one to four bytes each.
    static func mixedText(_ size: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        while buffer.readableBytes < size { buffer.writeString("Grüße, καλημέρα κόσμε, こんにちは 👋 ") }
        return buffer
    }

    /// A JSON object of about 1 KiB, as an application would publish it.
    static let json: ByteBuffer = {
        let fields = (1...16).map { #""field \#($0)":{"price":\#($0 * 7919).25,"open":true,"note":"as of now"}"# }
        return ByteBuffer(string: "{" + fields.joined(separator: ",") + "}")
    }()

    /// A frame as a client sends it.
    static func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        WebSocketFrame.write(opcode, payload, mask: 0x1234_5678, into: &buffer)
        return buffer
    }
}

extension Samples {
    /// What a browser sends to open a WebSocket.
    static let request = """
        GET /ws/news?last=50 HTTP/1.1\r
        Host: localhost:8000\r
        Connection: Upgrade\r
        Pragma: no-cache\r
        Cache-Control: no-cache\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
        Upgrade: websocket\r
        Origin: http://localhost:8000\r
        Sec-WebSocket-Version: 13\r
        Accept-Encoding: gzip, deflate, br, zstd\r
        Accept-Language: en-GB,en;q=0.9\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r
        \r

        """
}

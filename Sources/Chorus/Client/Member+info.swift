import ChorusCore
import NIOCore

extension Member {
    /// What presence is to say, as JSON. Throws ``ChorusError/Code/notEncodable`` when it cannot be encoded, and
    /// ``ChorusError/Code/messageTooLarge`` when it is longer than ``Member/longestInfo``.
    static func encoded(_ info: some Encodable) throws(ChorusError) -> ByteBuffer {
        let bytes = try Message(json: info).payload
        guard bytes.readableBytes <= Member.longestInfo else {
            throw ChorusError(
                .messageTooLarge,
                "what presence says of a member has at most \(Member.longestInfo) bytes"
            )
        }
        return bytes
    }
}

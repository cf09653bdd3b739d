/// UTF-8 as the standard library judges it.
enum ReferenceUTF8 {
    static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// Whether valid text can begin with `bytes`: it is valid itself, or becomes so with up to three more bytes. Of
    /// the continuation bytes, one in each range that some first byte asks for is enough to try.
    static func canBegin(_ bytes: [UInt8], more: Int = 3) -> Bool {
        // Everything before the last three bytes has to be whole, so only the end can need more.
        if isValid(bytes) { return true }
        guard more > 0 else { return false }
        return [0x80, 0x90, 0xA0].contains { next in canBegin(bytes + [next], more: more - 1) }
    }
}

/// What the next frame may be, given who sends it and what came before it.
struct FrameRules {
    var role: WebSocketRole
    var acceptsDeflate: Bool
    /// Whether a fragmented message waits for its continuation.
    var isContinuing: Bool
    /// The bytes that a data frame without RSV1 may still have.
    var room: Int
    /// The bytes that a data frame with RSV1 may have.
    var compressedRoom: Int
}

/// What a reader remembers between two buffers; only while there is something to remember.
struct ReadUnderWay: Sendable {
    /// The start of a header.
    var header = PartialHeader()
    /// The frame whose payload is arriving.
    var frame: ArrivingFrame?
    /// The message whose last frame has not ended. A control frame may arrive in between.
    var message: ArrivingMessage?

    /// Whether nothing is left to remember.
    var isOver: Bool {
        header.count == 0 && frame == nil && message == nil
    }
}

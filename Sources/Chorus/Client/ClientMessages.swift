public import ChorusCore
import NIOCore

/// What a client sends, in order. Every iterator continues where the last one stopped.
public struct ClientMessages: AsyncSequence, Sendable {
    let client: Client

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(client: client) }

    /// Reads the messages.
    public struct Iterator: AsyncIteratorProtocol {
        let client: Client

        /// The next message; `nil` when the connection has ended, or the task is cancelled.
        ///
        /// While broadcasts wait for readers that are behind, or the topic that ``Client/publish(_:to:)-(Message,_)``
        /// published to, the next message waits too: so a client that makes the program send is slowed to what the
        /// others take.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> Message? {
            let client = client
            var end: NIODeadline?
            while !Task.isCancelled {
                switch client.pace {
                case .wait(let time) where .now() < end ?? .distantFuture:
                    end = end ?? .now() + time
                    // in pieces: what it is for may be over
                    try? await Task.sleep(for: .nanoseconds(Swift.min(time.nanoseconds, 100_000_000)))
                case .full(let time):
                    try? await Task.sleep(for: .nanoseconds(time.nanoseconds))
                default:
                    return await client.inbox.next { client.perform { $0.resume(.program) } }
                }
            }
            return nil
        }
    }
}

/// The texts among what a client sends.
public struct ClientTexts: AsyncSequence, Sendable {
    let messages: ClientMessages

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(messages: messages.makeAsyncIterator()) }

    /// Reads the texts; other messages are passed over.
    public struct Iterator: AsyncIteratorProtocol {
        var messages: ClientMessages.Iterator

        /// The next text; `nil` when the connection has ended, or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> String? {
            while let message = await messages.next() {
                if message.kind == .text { return message.text }
            }
            return nil
        }
    }
}

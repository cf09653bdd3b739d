package import NIOCore

extension Session {
    /// Whether nothing waits for this client: no reply, no rest of a frame, no message of a topic.
    package var hasEverything: Bool {
        outbox.isEmpty && !isBusy && subscriptions.allSatisfy { !$0.isBehind && $0.topic.isDelivered }
    }

    /// Leaves to the transport what the transport's own earlier bytes must precede; nothing else is written before.
    package func writeFirst(_ bytes: ByteBuffer) {
        isBusy = true
        transport?.writeLater(bytes)
    }

    /// Takes out what the client alone was to receive, for a transport that writes it with its last words.
    package func takeOutbox() -> [ByteBuffer] {
        var all: [ByteBuffer] = []
        while !outbox.isEmpty { all.append(takeReply()) }
        return all
    }
}

extension ShardTopic {
    /// Whether the shard has delivered all that the log holds.
    var isDelivered: Bool { pass == nil && !isQueued && topic.withState { $0.log.head } == delivered }
}

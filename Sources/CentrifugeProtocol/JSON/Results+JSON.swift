import NIOCore

extension ByteBuffer {
    mutating func writeFields(_ result: ConnectResult) {
        writeField("client", result.client)
        writeField("version", result.version)
        writeFields(expires: result.expires, ttl: result.ttl)
        writeField("data", result.data)
        writeEntries("subs", result.subs) { out, result in out.writeObject { $0.writeFields(result) } }
        writeField("ping", result.ping)
        writeField("pong", result.pong)
        writeField("session", result.session)
        writeField("node", result.node)
        writeField("time", UInt64(clamping: result.time))
    }

    mutating func writeFields(_ result: SubscribeResult) {
        writeFields(expires: result.expires, ttl: result.ttl)
        writeField("recoverable", result.recoverable)
        writeField("epoch", result.epoch)
        if !result.publications.isEmpty { writePublications(result.publications) }
        writeField("recovered", result.recovered)
        writeField("offset", result.offset)
        writeField("positioned", result.positioned)
        writeField("data", result.data)
        writeField("was_recovering", result.wasRecovering)
        writeField("delta", result.delta)
    }

    mutating func writeFields(_ result: HistoryResult) {
        writePublications(result.publications)
        writeName("epoch")
        writeString(json: result.epoch)
        writeName("offset")
        writeNumber(result.offset)
    }

    mutating func writeFields(_ publication: Publication) {
        writeField("data", publication.data)
        if let info = publication.info { writeObject("info") { $0.writeFields(info) } }
        writeField("offset", publication.offset)
        writeEntries("tags", publication.tags) { $0.writeString(json: $1) }
        writeField("delta", publication.delta)
        writeField("time", UInt64(clamping: publication.time))
        writeField("key", publication.key ?? "")
    }

    mutating func writeFields(_ info: ClientInfo) {
        writeName("user")
        writeString(json: info.user)
        writeName("client")
        writeString(json: info.client)
        writeField("conn_info", info.connInfo)
        writeField("chan_info", info.chanInfo)
    }

    mutating func writeFields(expires: Bool, ttl: UInt32) {
        writeField("expires", expires)
        writeField("ttl", ttl)
    }

    private mutating func writePublications(_ publications: [Publication]) {
        writeArray("publications") { out in
            for publication in publications { out.writeObject { $0.writeFields(publication) } }
        }
    }
}

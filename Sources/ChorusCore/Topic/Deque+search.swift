import DequeModule

extension Deque {
    /// The index of the first element for which `isAfter` is true, if it is false for all before and true for all
    /// after; `count` if there is none.
    func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The index of the segment that holds a number, which must be held: the last one that does not begin after it.
    ///
    /// - Parameter first: where a segment begins; segments are in the order of that.
    func segment(holding number: UInt64, first: (Element) -> UInt64) -> Int {
        Swift.max(0, partitioningIndex { first($0) > number } - 1)
    }
}

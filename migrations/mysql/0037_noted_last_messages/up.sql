-- Before this the server itself has noted the last message where a log ends with another event.
DO 0;
